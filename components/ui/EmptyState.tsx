import type { ReactNode } from "react";

/** Nothing to show, said in place of the thing: what, why, and what to do about it. */
export function EmptyState(props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children: ReactNode;
  readonly action?: ReactNode;
  /** At length, in a panel of its own; not read out by itself. */
  readonly below?: ReactNode;
  readonly alert?: boolean;
}) {
  return (
    <div className="flex h-full flex-col items-center justify-center-safe gap-6 overflow-y-auto p-6">
      <div
        role={props.alert === true ? "alert" : "status"}
        className="flex max-w-full flex-col items-center gap-3 text-center"
      >
        <div className="text-ink-3">{props.icon}</div>
        <h2 className="text-16 font-semibold text-balance">{props.title}</h2>
        <div className="w-full max-w-104 text-13 text-pretty text-ink-2">{props.children}</div>
        {props.action !== undefined && <div className="mt-1 flex gap-2">{props.action}</div>}
      </div>
      {props.below !== undefined && (
        <div className="w-120 max-w-full rounded-md border border-hairline bg-panel *:border-t-0">{props.below}</div>
      )}
    </div>
  );
}
