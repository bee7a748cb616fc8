"use client";
import { Search } from "lucide-react";
import { useEffect, useRef } from "react";
import { isTyping } from "#components/shell/typing.ts";
import { Key } from "#components/ui/Key.tsx";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { formatCount } from "#lib/format/quantity.ts";
import { FindHelp } from "./find/FindHelp.tsx";
import { FIND_PRESETS } from "./find/presets.ts";
import { QueryBox } from "./find/QueryBox.tsx";
import type { Query } from "./find/query.ts";

/** Finds nodes and edges. `/` goes here, Enter selects the next match, Shift+Enter the one before, Escape clears. */
export function FindBox(props: {
  readonly text: string;
  readonly query: Query;
  readonly graph: Graph | undefined;
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

  const { matches, text, query } = props;
  const cycle = (step: 1 | -1) => {
    const at = props.selected === undefined ? -1 : matches.indexOf(props.selected);
    const start = at < 0 && step < 0 ? 0 : at;
    const next = matches[(start + step + matches.length) % matches.length];
    if (next !== undefined) props.onSelect(next);
  };
  return (
    <div role="search" className="min-w-0 flex-1 wide:w-64 wide:flex-none">
      <QueryBox
        ref={input}
        name="Find on the map"
        placeholder="Find"
        side="left"
        icon={<Search aria-hidden size={14} />}
        text={text}
        problem={query.problem}
        graph={props.graph}
        onText={props.onText}
        onEnter={(backwards) => cycle(backwards ? -1 : 1)}
        onEscape={() => {
          props.onText("");
          input.current?.blur();
        }}
        end={
          <>
            <span className="pointer-events-none text-12 text-ink-3" role="status">
              {text === "" ? <Key>/</Key> : query.problem === undefined && formatCount(matches.length)}
              {text !== "" && query.problem === undefined && <span className="sr-only"> found</span>}
            </span>
            <FindHelp title="How to find" presets={FIND_PRESETS} onChoose={props.onText} />
          </>
        }
      />
    </div>
  );
}
