import clsx from "clsx";
import { CircleAlert, Info, TriangleAlert, X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./Button.tsx";

type Tone = "info" | "warning" | "error";

const ICONS = { info: Info, warning: TriangleAlert, error: CircleAlert };
const TEXT = { info: "text-ink-2", warning: "text-degraded-text", error: "text-failing-text" };

/** One line that says what is the matter and what to do; it takes room of its own and covers nothing. */
export function Notice(props: {
  readonly tone: Tone;
  readonly children: ReactNode;
  readonly action?: ReactNode;
  readonly onDismiss?: () => void;
}) {
  const Icon = ICONS[props.tone];
  return (
    <div
      role={props.tone === "error" ? "alert" : "status"}
      className="flex min-h-9 items-center gap-2 border-b border-hairline bg-raised px-4 py-1 text-13"
    >
      <Icon aria-hidden size={15} className={clsx("shrink-0", TEXT[props.tone])} />
      <div className="min-w-0 flex-1 text-ink">{props.children}</div>
      {props.action}
      {props.onDismiss !== undefined && (
        <IconButton name="Dismiss" onClick={props.onDismiss}>
          <X aria-hidden size={14} />
        </IconButton>
      )}
    </div>
  );
}
