/** The demo's scheduled jobs and rare failures come and go; nobody who watches may lose their place. */
import { expect, it } from "vitest";
import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "#lib/domain/graph/buildGraph.ts";
import { GRAPH_TYPES } from "#lib/domain/graph/graph.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { demoNodes, NOON, never } from "#test/builders/demo.ts";
import { graphLayoutInput } from "./graphLayoutInput.ts";
import type { LayoutResult } from "./layout.ts";
import { layoutGraph } from "./layoutGraph.ts";

const mesh = createDemoMesh({ seed: 1, clock: { nowSeconds: () => NOON } });
const nodes = demoNodes(mesh);

it.each(GRAPH_TYPES)(
  "an hour of the demo's %s graph changes the layout and moves no node that stays",
  async (graphType) => {
    let previous: LayoutResult | undefined;
    let changes = 0;
    const moved: string[] = [];
    for (let atSeconds = NOON - 3600; atSeconds <= NOON; atSeconds += 60) {
      const { table } = mergeReports(await mesh.telemetry.readRates({ windowSeconds: 60, atSeconds }, never));
      const graph = buildGraph(
        { edges: table, mesh: nodes, windowSeconds: 300 },
        { ...DEFAULT_GRAPH_OPTIONS, graphType },
      );
      const layout = layoutGraph({ ...graphLayoutInput(graph), aspect: 1.4 }, previous);
      const before = new Map(previous?.nodes.map((node) => [node.id, node]));
      if (previous !== undefined && layout !== previous) changes += 1;
      for (const { id, x, y } of layout.nodes) {
        const was = before.get(id);
        if (was !== undefined && (was.x !== x || was.y !== y)) moved.push(id);
      }
      previous = layout;
    }
    expect(changes).toBeGreaterThan(2);
    expect(moved).toEqual([]);
  },
);
