/** The graph for other tools: Graphviz DOT, CSV, Cytoscape JSON. Names are quoted for each; none is trusted. */
import { flagRates, hasOpenBreaker } from "#lib/domain/graph/edgeFlags.ts";
import type { Graph, GraphEdge } from "#lib/domain/graph/graph.ts";
import { lockOf } from "#lib/domain/graph/lock.ts";

/** Graphviz: one cluster a namespace, edges labelled with their rate. @see https://graphviz.org/doc/info/lang.html */
export function toDot(graph: Graph): string {
  const namespaces = Map.groupBy(graph.nodes, ({ cluster, namespace }) =>
    namespace === "" ? "" : `${cluster}/${namespace}`,
  );
  const lines = ["digraph mesh {", "  rankdir=LR;", "  node [shape=box, style=rounded];"];
  for (const [namespace, nodes] of namespaces) {
    const drawn = nodes.map(({ id, label }) => `${quoteDot(id)} [label=${quoteDot(label)}];`);
    if (namespace === "") lines.push(...drawn.map((line) => `  ${line}`));
    else {
      lines.push(`  subgraph ${quoteDot(`cluster_${namespace}`)} {`, `    label=${quoteDot(namespace)};`);
      lines.push(...drawn.map((line) => `    ${line}`), "  }");
    }
  }
  for (const edge of graph.edges) {
    lines.push(`  ${quoteDot(edge.source)} -> ${quoteDot(edge.target)} [label=${quoteDot(rateText(edge))}];`);
  }
  return `${lines.join("\n")}\n}\n`;
}

/** Control characters become spaces: Graphviz ends the text at a NUL. */
function quoteDot(text: string): string {
  return `"${text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll(/\p{Cc}/gu, " ")}"`;
}

function rateText(edge: GraphEdge): string {
  if (edge.protocol === "tcp") return `${figure(edge.sentBytesPerSecond + edge.receivedBytesPerSecond)} B/s`;
  const errors = edge.errorPercent > 0 ? `, ${figure(edge.errorPercent)}% errors` : "";
  return `${figure(edge.requestsPerSecond)} rps${errors}${hasOpenBreaker(edge) ? ", circuit breaker open" : ""}`;
}

function figure(value: number): number {
  return Number(value.toPrecision(3));
}

const CSV_COLUMNS = [
  "source",
  "sourceNamespace",
  "sourceName",
  "target",
  "targetNamespace",
  "targetName",
  "protocol",
  "requestsPerSecond",
  "errorPercent",
  "clientErrorsPerSecond",
  "averageMilliseconds",
  "p50Milliseconds",
  "p95Milliseconds",
  "p99Milliseconds",
  "requestBytesPerSecond",
  "responseBytesPerSecond",
  "messagesSentPerSecond",
  "messagesReceivedPerSecond",
  "sentBytesPerSecond",
  "receivedBytesPerSecond",
  "connectionsOpenedPerSecond",
  "responseFlags",
  "mtlsPercent",
  "principals",
  "reporters",
  "health",
] as const;

/** One line an edge (RFC 4180); a cell is empty where the value is not known or does not apply. */
export function toCsv(graph: Graph): string {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const lines = graph.edges.map((edge) => {
    const source = nodes.get(edge.source);
    const target = nodes.get(edge.target);
    const requests = edge.protocol === "tcp" ? undefined : edge;
    const tcp = edge.protocol === "tcp" ? edge : undefined;
    const cells: Record<(typeof CSV_COLUMNS)[number], string | number | undefined> = {
      source: edge.source,
      sourceNamespace: source?.namespace,
      sourceName: source?.label,
      target: edge.target,
      targetNamespace: target?.namespace,
      targetName: target?.label,
      protocol: edge.protocol,
      requestsPerSecond: requests?.requestsPerSecond,
      errorPercent: requests?.errorPercent,
      clientErrorsPerSecond: requests?.clientErrorsPerSecond,
      averageMilliseconds: requests?.latency?.average,
      p50Milliseconds: requests?.latency?.p50,
      p95Milliseconds: requests?.latency?.p95,
      p99Milliseconds: requests?.latency?.p99,
      requestBytesPerSecond: requests?.throughput?.requestBytesPerSecond,
      responseBytesPerSecond: requests?.throughput?.responseBytesPerSecond,
      messagesSentPerSecond: requests?.messages?.sentPerSecond,
      messagesReceivedPerSecond: requests?.messages?.receivedPerSecond,
      sentBytesPerSecond: tcp?.sentBytesPerSecond,
      receivedBytesPerSecond: tcp?.receivedBytesPerSecond,
      connectionsOpenedPerSecond: tcp?.connectionsOpenedPerSecond,
      responseFlags: flagRates(edge)
        .map(({ code, flag, percent }) => `${code} ${flag} ${figure(percent)}%`)
        .join("; "),
      mtlsPercent: edge.mtlsPercent,
      principals: edge.principals
        .map(({ source, target, trafficPercent }) => `${source} > ${target} ${figure(trafficPercent)}%`)
        .join("; "),
      reporters: edge.reporters.join("; "),
      health: edge.health,
    };
    return CSV_COLUMNS.map((column) => quoteCsv(String(cells[column] ?? ""))).join(",");
  });
  return `${[CSV_COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}

/** Quotes where needed, and keeps spreadsheets from running names as formulas. */
function quoteCsv(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Cytoscape.js elements. @see https://js.cytoscape.org/#notation/elements-json */
export function toCytoscape(graph: Graph): { elements: { nodes: unknown[]; edges: unknown[] } } {
  return {
    elements: {
      nodes: graph.nodes.map(({ reasons: _reasons, ...data }) => ({ data })),
      edges: graph.edges.map(({ reasons: _reasons, ...data }) => ({ data: { ...data, lock: lockOf(data) } })),
    },
  };
}
