/** The charts of edges agree with the map: for every edge that any graph draws, its series ends at the edge's rate. */
import { beforeAll, describe, expect, test } from "vitest";
import { endScope } from "#components/map/inspector/endScope.ts";
import { buildGraph, DEFAULT_GRAPH_OPTIONS, type GraphOptions } from "#lib/domain/graph/buildGraph.ts";
import { GRAPH_TYPES, type Graph } from "#lib/domain/graph/graph.ts";
import { formatNodeId } from "#lib/domain/graph/ids.ts";
import type { MeshNodes, NamespaceNode } from "#lib/domain/mesh/meshNodes.ts";
import { addDetails } from "#lib/domain/telemetry/addDetails.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { DETAILS } from "#lib/domain/telemetry/reports.ts";
import type { SeriesScope, TimeSeries } from "#lib/domain/telemetry/timeSeries.ts";
import type { ContractSubject } from "./telemetryContract.ts";

const STEP = 60;
/** Requests a second and TCP bytes a second below which a window of a minute holds too little to compare. */
const LEAST_REQUESTS = 0.1;
const LEAST_BYTES = 10;
/** The figures of the table have six digits, those of series all. */
const TOLERANCE = 0.001;
const never = new AbortController().signal;

const GRAPHS: readonly [name: string, options: (mesh: MeshNodes) => Partial<GraphOptions>][] = [
  ...GRAPH_TYPES.map((graphType) => [graphType, () => ({ graphType })] as (typeof GRAPHS)[number]),
  ["workload, with operations", () => ({ operations: true })],
  ["workload, namespaces folded", (mesh) => ({ collapsed: new Set(withoutEntries(mesh).map(namespaceBox)) })],
  ["workload, clusters folded", ({ namespaces }) => ({ collapsed: new Set(namespaces.map(clusterBox)) })],
];

/**
 * A ServiceEntry stands in its own namespace on the map, while telemetry counts calls to its hosts for the caller's: the
 * series of a folded namespace do not have those.
 */
function withoutEntries({ namespaces, services }: MeshNodes): NamespaceNode[] {
  const entries = services.filter(({ kind }) => kind === "ServiceEntry");
  return namespaces.filter(
    ({ cluster, name }) => !entries.some((entry) => entry.cluster === cluster && entry.namespace === name),
  );
}

function namespaceBox({ cluster, name }: NamespaceNode): string {
  return formatNodeId({ kind: "box", cluster, namespace: name });
}

function clusterBox({ cluster }: NamespaceNode): string {
  return formatNodeId({ kind: "clusterBox", cluster });
}

/** What the map says of the calls from one node to another: all protocols together, as a chart shows them. */
type Pair = {
  readonly label: string;
  readonly scope: SeriesScope | undefined;
  requests: number;
  errors: number;
  bytes: number;
};

/** Declares the tests; `subjectOf` is called once they run. */
export function edgeSeriesContract(subjectOf: () => ContractSubject): void {
  describe.each(GRAPHS)("series of edges: %s", (_name, options) => {
    let pairs: readonly (Pair & { readonly series: TimeSeries })[];
    beforeAll(async () => {
      const { source, mesh } = subjectOf();
      const graph = buildGraph(
        { edges: await readTable(subjectOf()), mesh, windowSeconds: 300 },
        { ...DEFAULT_GRAPH_OPTIONS, ...options(mesh) },
      );
      pairs = await Promise.all(
        pairsOf(graph).map(async (pair) => {
          const at = subjectOf().nowSeconds;
          const scope = pair.scope ?? { kind: "mesh" };
          const range = { startSeconds: at, endSeconds: at, stepSeconds: STEP };
          return { ...pair, series: await source.readSeries({ scope, direction: "inbound", ...range }, never) };
        }),
      );
    });

    test("every edge has a scope to ask for", () => {
      expect(pairs.length).toBeGreaterThan(1);
      expect(pairs.filter(({ scope }) => scope === undefined).map(({ label }) => label)).toEqual([]);
    });

    test("requests agree", () => {
      expect(
        disagreeing(
          pairs,
          ({ requests }) => requests,
          (series) => series.requestsPerSecond,
          LEAST_REQUESTS,
        ),
      ).toEqual([]);
    });

    test("errors agree", () => {
      expect(
        disagreeing(
          pairs,
          ({ errors }) => errors,
          (series) => series.errorsPerSecond,
          LEAST_REQUESTS,
        ),
      ).toEqual([]);
    });

    test("TCP bytes agree, and what carries requests is none", () => {
      expect(
        disagreeing(
          pairs,
          ({ bytes }) => bytes,
          (series) => series.tcpBytesPerSecond,
          LEAST_BYTES,
        ),
      ).toEqual([]);
    });
  });
}

async function readTable({ source, nowSeconds }: ContractSubject): Promise<EdgeTable> {
  const moment = { windowSeconds: STEP, atSeconds: nowSeconds };
  const rates = mergeReports(await source.readRates(moment, never));
  return addDetails(rates, await source.readDetails({ ...moment, details: DETAILS }, never)).table;
}

function pairsOf(graph: Graph): Pair[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const pairs = new Map<string, Pair>();
  for (const edge of graph.edges) {
    const key = `${edge.source} → ${edge.target}`;
    let pair = pairs.get(key);
    if (pair === undefined) {
      const source = nodes.get(edge.source);
      const target = nodes.get(edge.target);
      const from = source && endScope(source);
      const to = target && endScope(target);
      const scope: SeriesScope | undefined = from && to && { kind: "edge", from, to };
      pairs.set(key, (pair = { label: key, scope, requests: 0, errors: 0, bytes: 0 }));
    }
    if (edge.protocol === "tcp") pair.bytes += edge.sentBytesPerSecond + edge.receivedBytesPerSecond;
    else {
      pair.requests += edge.requestsPerSecond;
      pair.errors += edge.errorsPerSecond;
    }
  }
  return [...pairs.values()];
}

function disagreeing(
  pairs: readonly (Pair & { readonly series: TimeSeries })[],
  drawn: (pair: Pair) => number,
  charted: (series: TimeSeries) => readonly (number | undefined)[],
  least: number,
): string[] {
  return pairs.flatMap((pair) => {
    const was = drawn(pair);
    const is = charted(pair.series).at(-1) ?? 0;
    if (Math.max(was, is) < least || Math.abs(is - was) <= TOLERANCE * was) return [];
    return [`${pair.label}: ${is.toFixed(3)} instead of ${was.toFixed(3)}`];
  });
}
