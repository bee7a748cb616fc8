"use client";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { setPreferences } from "#components/shell/preferences.ts";
import { IconButton } from "#components/ui/Button.tsx";
import { LOCKS } from "./canvas/icons.ts";
import { HealthWord } from "./HealthMark.tsx";

/** What shapes, colours and dashes mean. */
export function Legend() {
  return (
    <section
      aria-label="Legend"
      className="absolute right-3 bottom-3 z-10 w-56 rounded-md border border-hairline bg-panel p-3 text-12 shadow-overlay"
    >
      <IconButton
        name="Close the legend"
        className="absolute top-1 right-1"
        onClick={() => setPreferences({ legend: false })}
      >
        <X aria-hidden size={14} />
      </IconButton>
      <h2 className="mb-1.5 font-medium text-ink-3">Health</h2>
      <ul className="flex flex-col gap-1">
        {(["healthy", "degraded", "failing", "notReady", "unknown"] as const).map((health) => (
          <li key={health}>
            <HealthWord health={health} />
          </li>
        ))}
      </ul>
      <h2 className="mt-3 mb-1.5 font-medium text-ink-3">Edges</h2>
      <ul className="flex flex-col gap-1">
        <Sample line={<path d="M0 6H36" className="stroke-edge stroke-[1.5]" />}>Requests; wider is more</Sample>
        <Sample line={<path d="M0 6H36" className="stroke-degraded stroke-2" />}>Some fail</Sample>
        <Sample line={<path d="M0 6H36" className="stroke-failing stroke-3" />}>10 % or more fail</Sample>
        <Sample line={<path d="M0 6H36" className="stroke-edge stroke-[1.5] [stroke-dasharray:6_4]" />}>TCP</Sample>
        <Sample line={<path d="M0 6H36" className="stroke-edge stroke-[1.5] [stroke-dasharray:1_4]" />}>
          Idle in the window
        </Sample>
        <Sample
          line={<path d={LOCKS.partial} transform="translate(18 6)" className="stroke-degraded-text stroke-[1.4]" />}
        >
          Partly plain text
        </Sample>
        <Sample
          line={<path d={LOCKS.none} transform="translate(18 6)" className="stroke-degraded-text stroke-[1.4]" />}
        >
          Plain text
        </Sample>
      </ul>
    </section>
  );
}

function Sample({ line, children }: { readonly line: ReactNode; readonly children: ReactNode }) {
  return (
    <li className="flex items-center gap-2 text-ink-2">
      <svg aria-hidden="true" width="36" height="12" className="fill-none">
        {line}
      </svg>
      {children}
    </li>
  );
}
