/** Latency, throughput and messages of everything that reaches or leaves a node, from the sums behind its edges. */
import { combineLatency, type Latency } from "#lib/domain/telemetry/latency.ts";
import type { Graph, Messages, RequestEdge, Throughput } from "./graph.ts";

/** Each absent where it was not asked for, or not reported. */
export type NodeFigures = {
  readonly latency?: Latency;
  readonly throughput?: Throughput;
  readonly messages?: Messages;
};

/** The measured calls stand for all when at most this share of them was not measured. */
const UNMEASURED_SHARE = 0.01;

/**
 * Figures of the calls a node answers ("inbound") or makes ("outbound"), of all callers and protocols together.
 *
 *   web   ─ 10 rps, 20 ms ─▶ cart        mean (10 × 20 + 30 × 40) / 40 = 35 ms
 *   admin ─ 30 rps, 40 ms ─▶ cart
 */
export function nodeFigures(graph: Graph, id: string, side: "inbound" | "outbound" = "inbound"): NodeFigures {
  const end = side === "inbound" ? "target" : "source";
  const edges = graph.edges.filter((edge): edge is RequestEdge => edge.protocol !== "tcp" && edge[end] === id);
  const latency = latencyOf(graph, edges);
  const throughputs = edges.flatMap((edge) => edge.throughput ?? []);
  const messages = edges.flatMap((edge) => edge.messages ?? []);
  return {
    ...(latency && { latency }),
    ...(throughputs.length > 0 && {
      throughput: {
        requestBytesPerSecond: sum(throughputs, ({ requestBytesPerSecond }) => requestBytesPerSecond),
        responseBytesPerSecond: sum(throughputs, ({ responseBytesPerSecond }) => responseBytesPerSecond),
      },
    }),
    ...(messages.length > 0 && {
      messages: {
        sentPerSecond: sum(messages, ({ sentPerSecond }) => sentPerSecond),
        receivedPerSecond: sum(messages, ({ receivedPerSecond }) => receivedPerSecond),
      },
    }),
  };
}

function latencyOf(graph: Graph, edges: readonly RequestEdge[]): Latency | undefined {
  const measured = edges.filter(({ id }) => graph.latencyShares?.has(id));
  const rate = (of: readonly RequestEdge[]) => sum(of, ({ requestsPerSecond }) => requestsPerSecond);
  if (rate(measured) < rate(edges) * (1 - UNMEASURED_SHARE)) return undefined;
  return combineLatency(measured.flatMap(({ id }) => graph.latencyShares?.get(id) ?? []));
}

function sum<Item>(items: readonly Item[], value: (item: Item) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
