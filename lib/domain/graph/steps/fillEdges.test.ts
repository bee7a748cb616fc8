import { describe, expect, it } from "vitest";
import { repairEdge } from "#lib/domain/telemetry/edgeKey.ts";
import { EdgeTableBuilder } from "#lib/domain/telemetry/edgeTableBuilder.ts";
import { tableOf } from "#test/builders/graphWorld.ts";
import { meshNodes } from "#test/builders/mesh.ts";
import { edgeLabels } from "#test/builders/reports.ts";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "../buildGraph.ts";
import { draftEdge, emptyDraft, mergeEdge } from "../draft.ts";

describe("filling edges", () => {
  it("tells hosts apart in a dictionary of hundreds of thousands of texts", () => {
    const empty = tableOf({});
    const filler = Array.from({ length: 300_000 }, (_, index) => `text-${index}`);
    const builder = new EdgeTableBuilder({ ...empty, strings: [...empty.strings, ...filler] });
    for (const service of ["cart", "basket", "trolley", "bag"]) {
      const edge = builder.edge(repairEdge(edgeLabels({ from: "web", to: "cart-v1", service })), "http");
      builder.response(edge, "200", "-", 1);
    }
    const { edges } = buildGraph(
      { edges: builder.build(), mesh: meshNodes(), windowSeconds: 300 },
      { ...DEFAULT_GRAPH_OPTIONS, serviceNodes: false },
    );
    const hosts = edges.flatMap((edge) => (edge.protocol === "tcp" ? [] : edge.responses.map(({ host }) => host)));
    expect(hosts).toHaveLength(4);
    expect(new Set(hosts).size).toBe(4);
  });

  it("folds hundreds of thousands of rows with latencies into one edge", () => {
    const draft = emptyDraft();
    const [into, from] = [draftEdge(draft, "a", "b", "http"), draftEdge(draft, "a", "c", "http")];
    const share = { millisecondsPerSecond: 1, countPerSecond: 1, le: [], buckets: undefined };
    for (let row = 0; row < 300_000; row += 1) from.latency.push(share);
    mergeEdge(into, from);
    expect(into.latency).toHaveLength(300_000);
  });
});
