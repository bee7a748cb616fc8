/** An edge with those who really talk over it: services and operations make no calls and answer none. */
import type { GraphEdge, GraphNode } from "../graph.ts";
import type { Fact } from "./explanation.ts";
import { listOf, nameOf, rateOf, reportersOf } from "./words.ts";

export type EdgeEnds = {
  readonly edge: GraphEdge;
  readonly target: GraphNode;
  /** Who makes the calls: the source, or its callers when it is a service or an operation. */
  readonly clients: readonly GraphNode[];
  /** What they end at: the target, or the workloads behind it. */
  readonly servers: readonly GraphNode[];
};

/** What is known of every edge: traffic, reporters, and the proxies at both ends. */
export function edgeFacts({ edge, clients, servers }: EdgeEnds): Fact[] {
  return [
    { label: "Traffic", value: rateOf([edge]) },
    { label: "Reported by", value: reportersOf([edge]) },
    { label: clients.length === 1 ? "Caller" : "Callers", value: listOf(clients.map(proxyWords)) },
    { label: "Called", value: listOf(servers.map(proxyWords)) },
  ];
}

/** True for callers and servers that cannot speak mutual TLS, nor report. */
export function hasNoProxy({ type, flags }: GraphNode): boolean {
  return type === "unknown" || flags.includes("outOfMesh");
}

const PROXIES = {
  sidecar: "with a sidecar",
  ambient: "ambient",
  proxy: "a proxy itself",
  none: "without a proxy",
} as const;

function proxyWords(node: GraphNode): string {
  return node.mode === undefined ? nameOf(node) : `${nameOf(node)} (${PROXIES[node.mode]})`;
}
