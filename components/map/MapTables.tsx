"use client";
import { useMemo } from "react";
import { type Column, DataTable } from "#components/ui/DataTable.tsx";
import type { Graph, GraphEdge, GraphNode } from "#lib/domain/graph/graph.ts";
import { HEALTH_ORDER } from "#lib/domain/health/health.ts";
import { ABSENT, formatBytesRate, formatMilliseconds, formatPercent, formatRate } from "#lib/format/quantity.ts";
import { HealthWord } from "./HealthMark.tsx";
import { totalsOf } from "./inspector/traffic.ts";
import { nodeName, nodeTypeWord, protocolWord } from "./words.ts";

type TableProps = {
  readonly graph: Graph;
  readonly selected: string | undefined;
  /** Ids the find box matches. */
  readonly matches: readonly string[];
  readonly onSelect: (id: string) => void;
};

const NODE_COLUMNS: readonly Column<GraphNode>[] = [
  { id: "name", title: "Name", cell: nodeName, sortBy: nodeName },
  {
    id: "health",
    title: "Health",
    cell: (node) => <HealthWord health={node.health} />,
    sortBy: (node) => HEALTH_ORDER.indexOf(node.health),
  },
  { id: "namespace", title: "Namespace", cell: (node) => node.namespace || ABSENT, sortBy: (node) => node.namespace },
  { id: "type", title: "Type", cell: nodeTypeWord, sortBy: (node) => node.type },
  numeric("in", "In", (node) => totalsOf(node.inbound).requestsPerSecond, formatRate),
  numeric("inErrors", "In errors", (node) => totalsOf(node.inbound).errorPercent, formatPercent, true),
  numeric("out", "Out", (node) => totalsOf(node.outbound).requestsPerSecond, formatRate),
  numeric("outErrors", "Out errors", (node) => totalsOf(node.outbound).errorPercent, formatPercent, true),
  // A node that speaks no TCP has no figure, rather than one of zero.
  numeric(
    "tcp",
    "TCP",
    (node) => node.inbound.tcpBytesPerSecond + node.outbound.tcpBytesPerSecond || undefined,
    formatBytesRate,
  ),
  {
    id: "replicas",
    title: "Replicas",
    cell: (node) => (node.replicas === undefined ? ABSENT : `${node.replicas.available} of ${node.replicas.desired}`),
    sortBy: (node) => node.replicas?.available,
    numeric: true,
  },
];

/** Every node of the map with its figures. */
function NodeTable({ graph, selected, matches, onSelect }: TableProps) {
  return (
    <DataTable
      caption="Nodes of the map"
      columns={NODE_COLUMNS}
      rows={graph.nodes}
      rowKey={(node) => node.id}
      selected={selected}
      marked={matches}
      onSelect={onSelect}
      initialSort={{ column: "health", descending: true }}
    />
  );
}

/** Every edge of the map with its figures. */
function EdgeTable({ graph, selected, matches, onSelect }: TableProps) {
  const columns = useMemo(() => edgeColumns(graph), [graph]);
  return (
    <DataTable
      caption="Edges of the map"
      columns={columns}
      rows={graph.edges}
      rowKey={(edge) => edge.id}
      selected={selected}
      marked={matches}
      onSelect={onSelect}
      initialSort={{ column: "errors", descending: true }}
    />
  );
}

function edgeColumns(graph: Graph): readonly Column<GraphEdge>[] {
  const names = new Map(graph.nodes.map((node) => [node.id, nodeName(node)]));
  const source = (edge: GraphEdge) => names.get(edge.source) ?? edge.source;
  const target = (edge: GraphEdge) => names.get(edge.target) ?? edge.target;
  return [
    { id: "edge", title: "Edge", cell: (edge) => `${source(edge)} → ${target(edge)}`, sortBy: source },
    {
      id: "health",
      title: "Health",
      cell: (edge) => <HealthWord health={edge.health} />,
      sortBy: (edge) => HEALTH_ORDER.indexOf(edge.health),
    },
    { id: "protocol", title: "Protocol", cell: protocolWord, sortBy: protocolWord },
    numeric("rate", "Requests", (edge) => (edge.protocol === "tcp" ? undefined : edge.requestsPerSecond), formatRate),
    numeric(
      "errors",
      "Errors",
      (edge) => (edge.protocol === "tcp" ? undefined : edge.errorPercent),
      formatPercent,
      true,
    ),
    ...(["average", "p50", "p95", "p99"] as const).map((key) =>
      numeric<GraphEdge>(
        key,
        key === "average" ? "Mean" : key,
        (edge) => (edge.protocol === "tcp" ? undefined : edge.latency?.[key]),
        formatMilliseconds,
      ),
    ),
    numeric(
      "tcp",
      "TCP",
      (edge) => (edge.protocol === "tcp" ? edge.sentBytesPerSecond + edge.receivedBytesPerSecond : undefined),
      formatBytesRate,
    ),
    numeric("mtls", "mTLS", (edge) => edge.mtlsPercent, formatPercent),
  ];
}

/** Zeros are quiet, errors are not. */
function numeric<Row>(
  id: string,
  title: string,
  value: (row: Row) => number | undefined,
  format: (value: number | undefined) => string,
  bad = false,
): Column<Row> {
  const cell = (row: Row) => {
    const figure = value(row);
    const tone = !figure ? "text-ink-3" : bad ? "text-failing-text" : undefined;
    return <span className={tone}>{format(figure)}</span>;
  };
  return { id, title, cell, sortBy: value, numeric: true };
}

/** The map as two tables: what cannot be seen can be read, sorted and selected here. */
export function MapTables(props: TableProps) {
  return (
    <section className="h-full overflow-auto bg-panel" aria-label="Tables of the map">
      <h2 className="sticky left-0 px-3 pt-3 pb-1 text-14 font-semibold">Nodes</h2>
      <NodeTable {...props} />
      <h2 className="sticky left-0 px-3 pt-6 pb-1 text-14 font-semibold">Edges</h2>
      <EdgeTable {...props} />
    </section>
  );
}
