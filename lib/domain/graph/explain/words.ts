/** Names, rates and lists in the sentences of explanations. */
import type { EdgeReporter } from "#lib/domain/telemetry/edgeTable.ts";
import type { GraphEdge, GraphNode } from "../graph.ts";
import { isolate } from "../isolate.ts";

/** "cart v1 in shop"; what lies outside every namespace is named alone. */
export function nameOf(node: Pick<GraphNode, "label" | "version" | "namespace" | "type">): string {
  const version = node.type === "app" && node.version !== undefined ? ` ${node.version}` : "";
  return `${isolate(node.label + version)}${node.namespace === "" ? "" : ` in ${isolate(node.namespace)}`}`;
}

/** "a, b and c"; of more than `most` the rest is counted: "a, b, c and 4 more". */
export function listOf(names: Iterable<string>, most = 3): string {
  const all = [...new Set(names)];
  const shown = all.length > most ? [...all.slice(0, most), `${all.length - most} more`] : all;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** Requests and bytes a second of some edges together: "12.4 requests/s", "900 bytes/s", or both. */
export function rateOf(edges: readonly GraphEdge[]): string {
  let requests = 0;
  let bytes = 0;
  for (const edge of edges) {
    if (edge.protocol === "tcp") bytes += edge.sentBytesPerSecond + edge.receivedBytesPerSecond;
    else requests += edge.requestsPerSecond;
  }
  const parts = [
    ...(requests > 0 ? [`${figure(requests)} requests/s`] : []),
    ...(bytes > 0 ? [`${figure(bytes)} bytes/s`] : []),
  ];
  return parts.length === 0 ? "nothing" : parts.join(" and ");
}

/** "web in shop (3 requests/s)", busiest first. `end` is the end of each edge that is named. */
export function counterparties(
  edges: readonly GraphEdge[],
  end: "source" | "target",
  node: (id: string) => GraphNode | undefined,
): string {
  const groups = [...Map.groupBy(edges, (edge) => edge[end])].sort(
    ([, left], [, right]) => weight(right) - weight(left),
  );
  return listOf(
    groups.map(([id, own]) => `${nameOf(node(id) ?? { label: id, namespace: "", type: "unknown" })} (${rateOf(own)})`),
  );
}

function weight(edges: readonly GraphEdge[]): number {
  return edges.reduce((total, edge) => total + (edge.protocol === "tcp" ? 0 : edge.requestsPerSecond), 0);
}

/** Three significant digits. */
export function figure(value: number): string {
  return String(Number(value.toPrecision(3)));
}

const REPORTER_WORDS: Readonly<Record<EdgeReporter, string>> = {
  destination: "the server's proxy (reporter=destination)",
  waypoint: "a waypoint (reporter=waypoint)",
  source: "the client's proxy (reporter=source)",
  ztunnel: "ztunnels (app=ztunnel)",
};

/** Who reported some edges: "the client's proxy (reporter=source)". */
export function reportersOf(edges: readonly GraphEdge[]): string {
  return listOf(
    edges.flatMap(({ reporters }) => reporters).map((reporter) => REPORTER_WORDS[reporter]),
    4,
  );
}

/** "No healthy endpoint": the parts that are not undefined. */
export function some<Item>(...items: readonly (Item | undefined | false)[]): Item[] {
  return items.filter((item): item is Item => item !== undefined && item !== false);
}
