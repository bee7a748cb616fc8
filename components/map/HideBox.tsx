"use client";
import { EyeOff, X } from "lucide-react";
import { useState } from "react";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { FindHelp } from "./find/FindHelp.tsx";
import { HIDE_PRESETS } from "./find/presets.ts";
import { QueryBox } from "./find/QueryBox.tsx";
import { readQuery } from "./find/query.ts";

/** Leaves nodes and edges out. Hiding rearranges the map, so it waits for Enter or for the field to be left; Escape shows all again. */
export function HideBox(props: {
  readonly text: string;
  readonly graph: Graph | undefined;
  readonly onText: (text: string) => void;
}) {
  // What is being typed; undefined while it is what is hidden.
  const [draft, setDraft] = useState<string>();
  const text = draft ?? props.text;
  const { problem } = readQuery(text);
  const commit = (next: string) => {
    if (readQuery(next).problem !== undefined) return;
    if (next !== props.text) props.onText(next);
    setDraft(undefined);
  };
  return (
    <QueryBox
      name="Hide on the map"
      placeholder="Hide"
      side="right"
      className="flex-1 wide:w-48 wide:flex-none"
      icon={<EyeOff aria-hidden size={14} />}
      text={text}
      problem={problem}
      graph={props.graph}
      onText={setDraft}
      onEnter={() => commit(text)}
      onEscape={() => commit("")}
      onBlur={() => commit(text)}
      end={
        <>
          {text !== "" && (
            <button
              type="button"
              aria-label="Show all again"
              title="Show all again"
              onClick={() => commit("")}
              className="flex size-5 items-center justify-center rounded-sm text-ink-3 hover:text-ink"
            >
              <X aria-hidden size={14} />
            </button>
          )}
          <FindHelp title="How to hide" presets={HIDE_PRESETS} onChoose={commit} />
        </>
      }
    />
  );
}
