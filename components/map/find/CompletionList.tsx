import { useEffect, useRef } from "react";
import type { Suggestion } from "#lib/domain/graph/select/complete.ts";

/** What could be typed next. The field keeps the focus; what is chosen is told to it by id. */
export function CompletionList(props: {
  readonly id: string;
  readonly suggestions: readonly Suggestion[];
  readonly chosen: number;
  readonly onTake: (at: number) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    list.current?.children[props.chosen]?.scrollIntoView({ block: "nearest" });
  }, [props.chosen]);
  return (
    <div
      ref={list}
      id={props.id}
      role="listbox"
      aria-label="Completions"
      className={props.suggestions.length === 0 ? "hidden" : "max-h-56 overflow-y-auto p-1"}
    >
      {props.suggestions.map(({ text, help }, at) => (
        <div
          key={`${text} ${help}`}
          id={`${props.id}-${at}`}
          role="option"
          aria-selected={at === props.chosen}
          tabIndex={-1}
          // Before the field loses the focus to it.
          onPointerDown={(event) => {
            event.preventDefault();
            props.onTake(at);
          }}
          className="flex h-7 items-center gap-3 rounded-sm px-2 select-none hover:bg-raised aria-selected:bg-selected"
        >
          <span className="shrink-0 font-mono text-12">{text}</span>
          <span className="ml-auto truncate text-12 text-ink-3">{help}</span>
        </div>
      ))}
    </div>
  );
}
