import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatGraph, type GraphDocument, graphSchema } from "#lib/api/graph.ts";
import { graphQuerySchema } from "#lib/api/query.ts";
import { demoAtRest, NOON, never } from "#test/builders/demo.ts";
import { ANONYMOUS, openAccess } from "./access/accessControl.ts";
import { loadGraph } from "./loadGraph.ts";
import type { ReadingSources } from "./loadReading.ts";
import { loadSettings } from "./settings.ts";
import { TelemetryReader } from "./telemetryReader.ts";

const demo = demoAtRest();
const { telemetry: source, clusters } = demo.mesh;
const running: ReadingSources = {
  telemetry: new TelemetryReader({ source, clock: demo.clock, stepSeconds: 15, random: () => 0 }),
  clusters,
  clusterSearch: undefined,
  access: openAccess,
  clock: demo.clock,
  settings: loadSettings({}),
};

async function load(query: Readonly<Record<string, string>>): Promise<GraphDocument> {
  const { duration: windowSeconds, at: atSeconds, format: _format, ...view } = graphQuerySchema.parse(query);
  const loaded = await loadGraph(running, ANONYMOUS, { ...view, windowSeconds, atSeconds }, never);
  return graphSchema.parse(formatGraph(loaded, "json").body);
}

describe("the graph for scripts", () => {
  let graph: GraphDocument;
  beforeAll(async () => {
    graph = await load({});
  });
  afterAll(() => demo.mesh.close());

  it("holds TCP, ambient and gRPC traffic as well as HTTP", () => {
    const protocols = new Set(graph.edges.map(({ protocol }) => protocol));
    expect(protocols).toEqual(new Set(["http", "grpc", "tcp"]));
    const reporters = new Set(graph.edges.flatMap((edge) => edge.reporters));
    expect(reporters).toContain("waypoint");
    expect(reporters).toContain("ztunnel");
  });

  it("carries throughput of HTTP and gRPC, and messages of gRPC", () => {
    const has = (protocol: string, key: "throughput" | "messages") =>
      graph.edges.some((edge) => edge.protocol === protocol && key in edge);
    expect([has("http", "throughput"), has("grpc", "throughput"), has("grpc", "messages")]).toEqual([true, true, true]);
    expect(has("http", "messages")).toBe(false);
  });

  it("is of a moment in the past when one is asked for", async () => {
    const past = await load({ at: String(NOON - 3600), duration: "10m" });
    expect(past.asOf).toBe(NOON - 3600);
    expect(past.windowSeconds).toBe(600);
    expect(past.edges.length).toBeGreaterThan(20);
  });

  it("says which telemetry rows are odd", () => {
    expect(graph.quality).toEqual([]);
  });
});
