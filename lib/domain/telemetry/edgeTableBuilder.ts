/** Builds an EdgeTable row by row, interning strings, workloads, services and edges as they come. */

import { edgeKey, joinKey } from "./edgeKey.ts";
import { edgeRowKeys, type ServiceCell, serviceCells, type WorkloadCell, workloadCells } from "./edgeRows.ts";
import { type EdgeReporter, type EdgeTable, PROTOCOLS, type Protocol, REPORTER_BITS } from "./edgeTable.ts";
import type { Detail, EdgeLabels, PrincipalLabels } from "./reports.ts";

/** Six significant digits: far finer than any rate deserves, and half the bytes. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] extends readonly (infer Cell)[] ? Cell[] : Type[Key] };
type Columns = { -readonly [Name in keyof EdgeTable]: Writable<NonNullable<EdgeTable[Name]>> };
type GrowingTable = Omit<Columns, Detail | "strings" | "withheld"> & { strings: string[] } & {
  [Name in Detail]?: Columns[Name];
};

export class EdgeTableBuilder {
  readonly #table: GrowingTable;
  readonly #strings = new Map<string, number>();
  readonly #workloads = new Map<string, number>();
  readonly #services = new Map<string, number>();
  readonly #edges = new Map<string, number>();

  /** Starts empty, or with a copy of all that `table` holds. */
  constructor(table: EdgeTable = emptyTable()) {
    this.#table = structuredClone(table) as GrowingTable;
    table.strings.forEach((text, index) => this.#strings.set(text, index));
    workloadCells(table).forEach((cell, row) => this.#workloads.set(workloadKey(cell), row));
    serviceCells(table).forEach((cell, row) => this.#services.set(serviceKey(cell), row));
    edgeRowKeys(table).forEach((key, row) => this.#edges.set(key, row));
  }

  /** The row of an edge, added when new. Labels must have been repaired (repairEdge). */
  edge(labels: EdgeLabels, protocol: Protocol): number {
    const key = edgeKey(labels, protocol);
    const found = this.#edges.get(key);
    if (found !== undefined) return found;
    const { edges } = this.#table;
    const row = edges.source.length;
    this.#edges.set(key, row);
    edges.source.push(
      this.#workload({
        cluster: labels.sourceCluster,
        namespace: labels.sourceNamespace,
        name: labels.sourceWorkload,
        app: labels.sourceApp,
        version: labels.sourceVersion,
      }),
    );
    edges.target.push(
      this.#workload({
        cluster: labels.destinationCluster,
        namespace: labels.destinationNamespace,
        name: labels.destinationWorkload,
        app: labels.destinationApp,
        version: labels.destinationVersion,
      }),
    );
    edges.service.push(this.#service(labels));
    edges.protocol.push(PROTOCOLS.indexOf(protocol));
    edges.reporters.push(0);
    return row;
  }

  /** Notes who reported an edge. */
  reportedBy(edge: number, reporter: EdgeReporter): void {
    const { reporters } = this.#table.edges;
    reporters[edge] = (reporters[edge] ?? 0) | REPORTER_BITS[reporter];
  }

  response(edge: number, code: string, flags: string, perSecond: number): void {
    const { responses } = this.#table;
    responses.edge.push(edge);
    responses.code.push(this.#string(code));
    responses.flags.push(this.#string(flags));
    responses.perSecond.push(rounded(perSecond));
  }

  tcp(edge: number, rates: { readonly sent: number; readonly received: number; readonly opened: number }): void {
    const { tcp } = this.#table;
    tcp.edge.push(edge);
    tcp.sentBytesPerSecond.push(rounded(rates.sent));
    tcp.receivedBytesPerSecond.push(rounded(rates.received));
    tcp.connectionsOpenedPerSecond.push(rounded(rates.opened));
  }

  /** What was reported of the connections between two principals ("" where one is not known). */
  security(
    edge: number,
    principals: PrincipalLabels,
    rates: { readonly mutualTls: number; readonly reported: number },
  ): void {
    const { security } = this.#table;
    security.edge.push(edge);
    security.sourcePrincipal.push(this.#string(principals.sourcePrincipal));
    security.destinationPrincipal.push(this.#string(principals.destinationPrincipal));
    security.mutualTls.push(rounded(rates.mutualTls));
    security.reported.push(rounded(rates.reported));
  }

  /** Adds the columns of a detail that was asked for: a table without them was not asked, one with empty ones has none. */
  begin(detail: Detail): void {
    const table = this.#table;
    if (detail === "messages") table.messages ??= { edge: [], sentPerSecond: [], receivedPerSecond: [] };
    else if (detail === "throughput")
      table.throughput ??= { edge: [], requestBytesPerSecond: [], responseBytesPerSecond: [] };
    else table.operations ??= { edge: [], operation: [], code: [], flags: [], perSecond: [] };
  }

  /** After begin("messages"). */
  messages(edge: number, rates: { readonly sent: number; readonly received: number }): void {
    const { messages } = this.#table;
    messages?.edge.push(edge);
    messages?.sentPerSecond.push(rounded(rates.sent));
    messages?.receivedPerSecond.push(rounded(rates.received));
  }

  /** After begin("throughput"). */
  throughput(edge: number, rates: { readonly requestBytes: number; readonly responseBytes: number }): void {
    const { throughput } = this.#table;
    throughput?.edge.push(edge);
    throughput?.requestBytesPerSecond.push(rounded(rates.requestBytes));
    throughput?.responseBytesPerSecond.push(rounded(rates.responseBytes));
  }

  /** After begin("operations"). */
  operation(edge: number, operation: string, code: string, flags: string, perSecond: number): void {
    const { operations } = this.#table;
    operations?.edge.push(edge);
    operations?.operation.push(this.#string(operation));
    operations?.code.push(this.#string(code));
    operations?.flags.push(this.#string(flags));
    operations?.perSecond.push(rounded(perSecond));
  }

  build(): EdgeTable {
    return this.#table;
  }

  #string(value: string): number {
    const found = this.#strings.get(value);
    if (found !== undefined) return found;
    const index = this.#table.strings.push(value) - 1;
    this.#strings.set(value, index);
    return index;
  }

  #workload(cell: WorkloadCell): number {
    const key = workloadKey(cell);
    const found = this.#workloads.get(key);
    if (found !== undefined) return found;
    const { workloads } = this.#table;
    const row = workloads.name.push(this.#string(cell.name)) - 1;
    workloads.cluster.push(this.#string(cell.cluster));
    workloads.namespace.push(this.#string(cell.namespace));
    workloads.app.push(this.#string(cell.app));
    workloads.version.push(this.#string(cell.version));
    this.#workloads.set(key, row);
    return row;
  }

  #service(labels: EdgeLabels): number {
    const { destinationService: host, destinationServiceName: name, destinationServiceNamespace: namespace } = labels;
    if (host === "" && name === "" && namespace === "") return 0;
    const cell = { cluster: labels.destinationCluster, namespace, name, host };
    const key = serviceKey(cell);
    const found = this.#services.get(key);
    if (found !== undefined) return found;
    const { services } = this.#table;
    const row = services.name.push(this.#string(name)) - 1;
    services.cluster.push(this.#string(cell.cluster));
    services.namespace.push(this.#string(namespace));
    services.host.push(this.#string(host));
    this.#services.set(key, row);
    return row;
  }
}

function workloadKey({ cluster, namespace, name, app, version }: WorkloadCell): string {
  return joinKey(cluster, namespace, name, app, version);
}

function serviceKey({ cluster, namespace, name, host }: ServiceCell): string {
  return joinKey(cluster, namespace, name, host);
}

/** Row 0 of workloads and services stands for "none": all its cells are "". */
function emptyTable(): EdgeTable {
  return {
    strings: [""],
    workloads: { cluster: [0], namespace: [0], name: [0], app: [0], version: [0] },
    services: { cluster: [0], namespace: [0], name: [0], host: [0] },
    edges: { source: [], target: [], service: [], protocol: [], reporters: [] },
    responses: { edge: [], code: [], flags: [], perSecond: [] },
    tcp: { edge: [], sentBytesPerSecond: [], receivedBytesPerSecond: [], connectionsOpenedPerSecond: [] },
    security: { edge: [], sourcePrincipal: [], destinationPrincipal: [], mutualTls: [], reported: [] },
  };
}
