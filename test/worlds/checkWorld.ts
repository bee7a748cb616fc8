/** Compares the graph that a world's reports make with the world. */
import { expect } from "vitest";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "#lib/domain/graph/buildGraph.ts";
import type { GraphEdge } from "#lib/domain/graph/graph.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { emitReports, type Skew } from "./emitReports.ts";
import { type ExpectedEdge, expectedEdges, meshOf } from "./expectedEdges.ts";
import type { World } from "./world.ts";

/** The workload graph of what a world's proxies report. */
export function graphOf(world: World, serviceNodes: boolean, skew?: Skew): ReadonlyMap<string, GraphEdge> {
  const { table, quality } = mergeReports(emitReports(world, skew));
  expect(quality).toEqual([]);
  const { edges } = buildGraph(
    { edges: table, mesh: meshOf(world), windowSeconds: 300 },
    { ...DEFAULT_GRAPH_OPTIONS, serviceNodes },
  );
  return new Map(edges.map((edge) => [edge.id, edge]));
}

/** Nothing extra, nothing missing, every figure as it is: with and without service nodes. */
export function expectWorld(world: World): void {
  for (const serviceNodes of [false, true]) {
    const expected = Object.fromEntries(
      [...expectedEdges(world, { serviceNodes })].map(([id, edge]) => [id, expectedFigures(id, edge)]),
    );
    const drawn = [...graphOf(world, serviceNodes)].map(([id, edge]) => [
      id,
      snapped(figuresOf(edge), expected[id] ?? {}),
    ]);
    expect(Object.fromEntries(drawn)).toEqual(expected);
  }
}

type Figures = Readonly<Record<string, number | undefined>>;

/** Six digits travel in the table: what differs by less than a ten-thousandth is the same. */
function snapped(drawn: Figures, expected: Figures): Figures {
  return Object.fromEntries(
    Object.entries(drawn).map(([name, value]) => {
      const truth = expected[name];
      const isSame = value !== undefined && truth !== undefined && Math.abs(value - truth) <= 1e-4 * truth;
      return [name, isSame ? truth : value];
    }),
  );
}

function figuresOf(edge: GraphEdge): Figures {
  const figures: Record<string, number | undefined> = { mtlsPercent: edge.mtlsPercent };
  for (const { source, target, trafficPercent, mtlsPercent } of edge.principals) {
    figures[`${source} → ${target}`] = trafficPercent;
    figures[`${source} → ${target} mTLS`] = mtlsPercent;
  }
  if (edge.protocol === "tcp") {
    figures.sent = edge.sentBytesPerSecond;
    figures.received = edge.receivedBytesPerSecond;
    figures.opened = edge.connectionsOpenedPerSecond;
    return figures;
  }
  figures.total = edge.requestsPerSecond;
  figures.errors = edge.errorsPerSecond;
  for (const { code, flags, host, perSecond } of edge.responses) figures[`${code} ${flags} ${host}`] = perSecond;
  return figures;
}

function expectedFigures(id: string, edge: ExpectedEdge): Figures {
  const pairs = [...edge.security];
  const reported = pairs.reduce((sum, [, rates]) => sum + rates.reported, 0);
  const mutualTls = pairs.reduce((sum, [, rates]) => sum + rates.mutualTls, 0);
  const figures: Record<string, number | undefined> = {
    mtlsPercent: reported === 0 ? undefined : (100 * mutualTls) / reported,
  };
  for (const [pair, rates] of pairs) {
    figures[pair] = (100 * rates.reported) / reported;
    figures[`${pair} mTLS`] = (100 * rates.mutualTls) / rates.reported;
  }
  if (id.endsWith("|tcp")) {
    return { ...figures, sent: edge.sent, received: edge.received, opened: edge.opened };
  }
  const isGrpc = id.endsWith("|grpc");
  const isOk = (code: string) => (code.length < 3 ? code === "0" : /^[123]/.test(code));
  const failed = (code: string) => code === "-" || (isGrpc ? !isOk(code) : code.startsWith("5"));
  figures.total = sumOf(edge, () => true);
  figures.errors = sumOf(edge, failed);
  for (const [response, perSecond] of edge.responses) figures[response] = perSecond;
  return figures;
}

/** Requests a second of an edge whose code passes. */
export function sumOf({ responses }: ExpectedEdge, passes: (code: string) => boolean): number {
  let sum = 0;
  for (const [response, perSecond] of responses) if (passes(response.split(" ")[0] ?? "")) sum += perSecond;
  return sum;
}
