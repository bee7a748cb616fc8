"use client";
import { Search } from "lucide-react";
import { useEffect, useRef } from "react";
import { isTyping } from "#components/shell/typing.ts";
import { Key } from "#components/ui/Key.tsx";
import { formatCount } from "#lib/format/quantity.ts";

/** Finds nodes by name. `/` goes here, Enter selects the next match, Shift+Enter the one before, Escape clears. */
export function FindBox(props: {
  readonly text: string;
  readonly matches: readonly string[];
  readonly selected: string | undefined;
  readonly onText: (text: string) => void;
  readonly onSelect: (id: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || isTyping(event)) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);

  const { matches } = props;
  const cycle = (step: 1 | -1) => {
    const at = props.selected === undefined ? -1 : matches.indexOf(props.selected);
    const start = at < 0 && step < 0 ? 0 : at;
    const next = matches[(start + step + matches.length) % matches.length];
    if (next !== undefined) props.onSelect(next);
  };
  return (
    <div role="search" className="relative flex h-7 w-36 min-w-0 items-center wide:w-60">
      <Search aria-hidden size={14} className="pointer-events-none absolute left-2 text-ink-3" />
      <input
        ref={input}
        type="text"
        aria-label="Find on the map"
        placeholder="Find"
        value={props.text}
        onChange={(event) => props.onText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") cycle(event.shiftKey ? -1 : 1);
          else if (event.key === "Escape") {
            props.onText("");
            event.currentTarget.blur();
          } else return;
          event.preventDefault();
          event.stopPropagation();
        }}
        className="h-7 w-full rounded-md border border-hairline bg-canvas pr-8 pl-7 placeholder:text-ink-3"
      />
      <span className="pointer-events-none absolute right-1.5 text-12 text-ink-3" role="status">
        {props.text === "" ? <Key>/</Key> : formatCount(matches.length)}
        {props.text !== "" && <span className="sr-only"> found</span>}
      </span>
    </div>
  );
}
