"use client";
import { Focus as FocusIcon, Route } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/Button.tsx";
import { ChoiceMenu } from "#components/ui/ChoiceMenu.tsx";
import { PopoverPanel } from "#components/ui/PopoverPanel.tsx";
import type { Graph, GraphNode } from "#lib/domain/graph/graph.ts";
import type { Focus } from "#lib/domain/graph/select/narrow.ts";
import { nodeName, nodeTypeWord } from "../words.ts";

const HOP_CHOICES = [
  { value: "0", label: "Whole map" },
  { value: "1", label: "1 hop" },
  { value: "2", label: "2 hops" },
  { value: "3", label: "3 hops" },
];
const MOST = 200;

/** What can be done from a selected node: look at its neighbourhood alone, or at the ways to another node. */
export function NodeActions(props: {
  readonly id: string | undefined;
  readonly graph: Graph;
  readonly focus: Focus | undefined;
  readonly onFocus: (focus: Focus | undefined) => void;
}) {
  const { id, graph, focus, onFocus } = props;
  const node = graph.nodes.find((candidate) => candidate.id === id);
  if (node === undefined) return null;
  const hops = focus?.kind === "around" && focus.id === node.id ? focus.hops : 0;
  return (
    <div className="mt-2 flex gap-1.5">
      <ChoiceMenu
        name="Focus"
        icon={<FocusIcon aria-hidden size={14} className="text-ink-3" />}
        value={String(hops)}
        choices={HOP_CHOICES}
        onChange={(chosen) => {
          const direction = focus?.kind === "around" ? focus.direction : "both";
          onFocus(chosen === "0" ? undefined : { kind: "around", id: node.id, hops: Number(chosen), direction });
        }}
      />
      <PathPicker node={node} graph={graph} onFocus={onFocus} />
    </div>
  );
}

function PathPicker(props: {
  readonly node: GraphNode;
  readonly graph: Graph;
  readonly onFocus: (focus: Focus) => void;
}) {
  const { node, graph, onFocus } = props;
  const [open, setOpen] = useState(false);
  const [filter, setFilter] = useState("");
  const wanted = filter.trim().toLowerCase();
  const others = graph.nodes.filter(
    (other) => other.id !== node.id && `${nodeName(other)} ${other.namespace}`.toLowerCase().includes(wanted),
  );
  return (
    <PopoverPanel
      title="Choose where to"
      align="end"
      className="w-80"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button>
          <Route aria-hidden size={14} className="text-ink-3" />
          Path to…
        </Button>
      }
    >
      <input
        type="search"
        aria-label="Filter nodes"
        placeholder={`From ${nodeName(node)} to`}
        value={filter}
        onChange={(event) => setFilter(event.target.value)}
        className="h-7 w-full rounded-md border border-control bg-canvas px-2 placeholder:text-ink-3"
      />
      <ul aria-label="Nodes" className="mt-1.5 max-h-72 overflow-y-auto">
        {others.slice(0, MOST).map((other) => (
          <li key={other.id}>
            <button
              type="button"
              onClick={() => {
                onFocus({ kind: "path", from: node.id, to: other.id, ways: "shortest" });
                setOpen(false);
              }}
              className="flex w-full items-center gap-3 rounded-sm px-2 py-1 text-left hover:bg-raised"
            >
              <span className="truncate">{nodeName(other)}</span>
              <span className="ml-auto shrink-0 text-12 text-ink-3">
                {[nodeTypeWord(other), other.namespace].filter((part) => part !== "").join(" · ")}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {others.length === 0 && <p className="mt-1.5 text-ink-2">No node is called so.</p>}
    </PopoverPanel>
  );
}
