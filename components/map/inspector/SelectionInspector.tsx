"use client";
import type { ReactNode } from "react";
import { Button } from "#components/ui/Button.tsx";
import type { Reading } from "#lib/api/reading.ts";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { parseNodeId } from "#lib/domain/graph/ids.ts";
import { BoxInspector } from "./BoxInspector.tsx";
import { EdgeInspector } from "./EdgeInspector.tsx";
import { MeshInspector, type Shown } from "./MeshInspector.tsx";
import { NodeInspector } from "./NodeInspector.tsx";

/** What the inspector shows: the selected node, edge or box, else the mesh. */
export function SelectionInspector(props: {
  readonly selected: string | undefined;
  readonly graph: Graph;
  readonly reading: Reading;
  readonly shown: Shown;
  readonly collapsed: ReadonlySet<string>;
  readonly onSelect: (id: string | undefined) => void;
  readonly onToggleBox: (box: string) => void;
  readonly onOnlyNamespace: (namespace: string) => void;
  readonly onOnlyCluster: (cluster: string) => void;
  /** Under the title of a node. */
  readonly nodeActions: ReactNode;
}) {
  const { selected, graph, reading, onSelect } = props;
  const mesh = <MeshInspector graph={graph} shown={props.shown} asOf={reading.asOf} onSelect={onSelect} />;
  if (selected === undefined) return mesh;

  const missing = (
    <>
      <div role="status" className="m-4 rounded-md bg-raised p-3">
        <p>What was selected is not in this view: no traffic in the window, folded away, or another graph type.</p>
        <Button className="mt-2" onClick={() => onSelect(undefined)}>
          Clear the selection
        </Button>
      </div>
      {mesh}
    </>
  );
  const key = parseNodeId(selected);
  if (key?.kind === "clusterBox" || key?.kind === "box" || key?.kind === "appBox") {
    return (
      <BoxInspector
        key={selected}
        box={selected}
        boxKey={key}
        graph={graph}
        reading={reading}
        folded={props.collapsed.has(selected)}
        missing={missing}
        onSelect={onSelect}
        onToggle={() => props.onToggleBox(selected)}
        onOnlyNamespace={props.onOnlyNamespace}
        onOnlyCluster={props.onOnlyCluster}
      />
    );
  }

  const node = graph.nodes.find(({ id }) => id === selected);
  if (node !== undefined) {
    return (
      <NodeInspector
        key={selected}
        node={node}
        graph={graph}
        mesh={reading.mesh}
        asOf={reading.asOf}
        onSelect={onSelect}
        actions={props.nodeActions}
      />
    );
  }
  const edge = graph.edges.find(({ id }) => id === selected);
  const source = graph.nodes.find(({ id }) => id === edge?.source);
  const target = graph.nodes.find(({ id }) => id === edge?.target);
  if (edge !== undefined && source !== undefined && target !== undefined) {
    return (
      <EdgeInspector
        key={selected}
        edge={edge}
        source={source}
        target={target}
        graph={graph}
        mesh={reading.mesh}
        asOf={props.reading.asOf}
        onSelect={onSelect}
      />
    );
  }
  return missing;
}
