"use client";
import clsx from "clsx";
import { Boxes, ChevronDown } from "lucide-react";
import { useState } from "react";
import { Button, controlClass } from "#components/ui/Button.tsx";
import { PopoverPanel } from "#components/ui/PopoverPanel.tsx";

/** Chooses some of many names; none chosen means all. Used for namespaces and, where there are several, clusters. */
export function NamespacePicker(props: {
  readonly noun: { readonly one: string; readonly many: string };
  readonly names: readonly string[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const [filter, setFilter] = useState("");
  const { noun, chosen } = props;
  // A chosen name stays in the list when it is gone from the mesh, so that it can be taken out.
  const names = [...new Set([...props.names, ...chosen])].sort();
  const shown = names.filter((name) => name.toLowerCase().includes(filter.trim().toLowerCase()));
  const summary =
    chosen.length === 0 ? `All ${noun.many}` : chosen.length === 1 ? chosen[0] : `${chosen.length} ${noun.many}`;
  const toggle = (name: string) =>
    props.onChange(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name].sort());

  return (
    <PopoverPanel
      title={`Choose ${noun.many}`}
      className="w-72"
      onOpenChange={() => setFilter("")}
      trigger={
        <button type="button" className={clsx(controlClass(), "max-w-60")} aria-label={`${noun.many}: ${summary}`}>
          <Boxes aria-hidden size={14} className="shrink-0 text-ink-3" />
          <span className="truncate">{summary}</span>
          <ChevronDown aria-hidden size={12} className="shrink-0 text-ink-3" />
        </button>
      }
    >
      <input
        type="search"
        aria-label={`Filter ${noun.many}`}
        placeholder={`Filter ${noun.many}`}
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
        className="h-7 w-full rounded-md border border-control bg-canvas px-2 placeholder:text-ink-3"
      />
      <ul className="mt-2 max-h-80 overflow-y-auto">
        {shown.map((name) => (
          <li key={name} className="group flex h-7 items-center rounded-sm px-1 hover:bg-raised">
            <label className="flex min-w-0 flex-1 items-center gap-2">
              <input
                type="checkbox"
                checked={chosen.includes(name)}
                onChange={() => toggle(name)}
                className="size-3.5 accent-accent"
              />
              <span className="truncate">{name}</span>
            </label>
            <button
              type="button"
              onClick={() => props.onChange([name])}
              aria-label={`Only ${name}`}
              className="rounded-sm px-1.5 text-12 text-accent opacity-0 group-hover:opacity-100 focus-visible:opacity-100"
            >
              only
            </button>
          </li>
        ))}
        {shown.length === 0 && (
          <li className="px-1 py-2 text-ink-2">
            {names.length === 0 ? `No ${noun.one} is known yet.` : `No ${noun.one} matches “${filter}”.`}
          </li>
        )}
      </ul>
      <div className="mt-2 flex justify-between border-t border-hairline pt-2">
        <Button look="quiet" disabled={chosen.length === 0} onClick={() => props.onChange([])}>
          Show all
        </Button>
        {filter !== "" && shown.length > 0 && (
          <Button look="quiet" onClick={() => props.onChange([...new Set([...chosen, ...shown])].sort())}>
            Add {shown.length} shown
          </Button>
        )}
      </div>
    </PopoverPanel>
  );
}
