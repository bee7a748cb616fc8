import clsx from "clsx";
import type { Health } from "#lib/domain/health/health.ts";
import { HEALTH_WORDS } from "./words.ts";

// One shape a state, so that colour is never needed to tell them apart. 12 × 12.
const SHAPES: Readonly<Record<Health, { readonly path: string; readonly className: string }>> = {
  healthy: { path: "M6 2a4 4 0 1 1 0 8a4 4 0 1 1 0-8z", className: "fill-healthy" },
  degraded: { path: "M6 1.2L11.2 10.4H0.8z", className: "fill-degraded" },
  failing: { path: "M6 0.4L11.6 6L6 11.6L0.4 6z", className: "fill-failing" },
  notReady: {
    path: "M6 1.8a4.2 4.2 0 1 1 0 8.4a4.2 4.2 0 1 1 0-8.4z",
    className: "fill-none stroke-not-ready stroke-[1.6] [stroke-dasharray:2.2_1.6]",
  },
  unknown: {
    path: "M6 2.2a3.8 3.8 0 1 1 0 7.6a3.8 3.8 0 1 1 0-7.6z",
    className: "fill-none stroke-idle stroke-[1.4]",
  },
};

const TEXT: Readonly<Record<Health, string>> = {
  healthy: "text-ink-2",
  degraded: "text-degraded-text",
  failing: "text-failing-text",
  notReady: "text-not-ready-text",
  unknown: "text-ink-3",
};

/** Health as shape and colour. Decorative: a word stands beside it, or `HealthWord` is used. */
export function HealthMark({ health, className }: { readonly health: Health; readonly className?: string }) {
  const shape = SHAPES[health];
  return (
    <svg aria-hidden="true" width="12" height="12" viewBox="0 0 12 12" className={clsx("shrink-0", className)}>
      <path d={shape.path} className={shape.className} />
    </svg>
  );
}

/** Health as shape, colour and word. A healthy thing is written quietly. */
export function HealthWord({ health }: { readonly health: Health }) {
  return (
    <span className={clsx("inline-flex items-center gap-1.5 align-bottom whitespace-nowrap", TEXT[health])}>
      <HealthMark health={health} />
      {HEALTH_WORDS[health]}
    </span>
  );
}
