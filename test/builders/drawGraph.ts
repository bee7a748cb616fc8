/** A graph as lines of text, so that tests show what a person would see: "web -> [cart] 10 rps". */
import type { Graph, GraphEdge, GraphNode } from "#lib/domain/graph/graph.ts";

/** Names: `workload`, `[service]`, `{serviceEntry}`, `(app)`, `((box))`, `|operation|`, `<unknown>`; with "@namespace" outside "shop". */
export function drawNode(node: GraphNode): string {
  const name = node.version !== undefined && node.type === "app" ? `${node.label} ${node.version}` : node.label;
  const at = node.namespace === "shop" || node.namespace === "" ? "" : `@${node.namespace}`;
  switch (node.type) {
    case "service":
      return `[${name}${at}]`;
    case "serviceEntry":
      return `{${name}${at}}`;
    case "app":
      return `(${name}${at})`;
    case "box":
      return `((${name}))`;
    case "operation":
      return `|${name}|`;
    case "unknown":
    case "passthrough":
    case "blackhole":
      return `<${name}>`;
    default:
      return `${name}${at}`;
  }
}

export function drawGraph(graph: Graph): string[] {
  const names = new Map(graph.nodes.map((node) => [node.id, drawNode(node)]));
  return graph.edges.map((edge) => `${names.get(edge.source)} -> ${names.get(edge.target)} ${drawRate(edge)}`).sort();
}

function drawRate(edge: GraphEdge): string {
  if (edge.protocol === "tcp") return `${round(edge.sentBytesPerSecond + edge.receivedBytesPerSecond)} B/s`;
  const errors = edge.errorPercent > 0 ? ` ${round(edge.errorPercent)}% errors` : "";
  return `${round(edge.requestsPerSecond)} rps${edge.protocol === "grpc" ? " grpc" : ""}${errors}`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
