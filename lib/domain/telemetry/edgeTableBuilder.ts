/** Builds an EdgeTable row by row, interning strings, workloads, services and edges as they come. */

import { edgeKey, KEY_SEPARATOR } from "./edgeKey.ts";
import { type EdgeTable, PROTOCOLS, type Protocol } from "./edgeTable.ts";
import type { EdgeLabels } from "./reports.ts";

/** Six significant digits: far finer than any rate deserves, and half the bytes. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}

type Columns<Name extends string> = Record<Name, number[]>;

export class EdgeTableBuilder {
  readonly #strings: string[] = [""];
  readonly #stringIndex = new Map<string, number>([["", 0]]);
  readonly #workloadIndex = new Map<string, number>();
  readonly #serviceIndex = new Map<string, number>();
  readonly #edgeIndex = new Map<string, number>();
  readonly #workloads: Columns<"cluster" | "namespace" | "name" | "app" | "version"> = {
    cluster: [0],
    namespace: [0],
    name: [0],
    app: [0],
    version: [0],
  };
  readonly #services: Columns<"cluster" | "namespace" | "name" | "host"> = {
    cluster: [0],
    namespace: [0],
    name: [0],
    host: [0],
  };
  readonly #edges: Columns<"source" | "target" | "service" | "protocol"> = {
    source: [],
    target: [],
    service: [],
    protocol: [],
  };
  readonly #responses: Columns<"edge" | "code" | "flags" | "perSecond"> = {
    edge: [],
    code: [],
    flags: [],
    perSecond: [],
  };
  readonly #tcp: Columns<"edge" | "sentBytesPerSecond" | "receivedBytesPerSecond" | "connectionsOpenedPerSecond"> = {
    edge: [],
    sentBytesPerSecond: [],
    receivedBytesPerSecond: [],
    connectionsOpenedPerSecond: [],
  };
  readonly #security: Columns<"edge" | "mutualTls" | "reported"> = { edge: [], mutualTls: [], reported: [] };

  /** The row of an edge, added when new. Labels must have been repaired (repairEdge). */
  edge(labels: EdgeLabels, protocol: Protocol): number {
    const key = edgeKey(labels, protocol);
    const found = this.#edgeIndex.get(key);
    if (found !== undefined) return found;
    const row = this.#edges.source.length;
    this.#edgeIndex.set(key, row);
    this.#edges.source.push(
      this.#workload(
        labels.sourceCluster,
        labels.sourceNamespace,
        labels.sourceWorkload,
        labels.sourceApp,
        labels.sourceVersion,
      ),
    );
    this.#edges.target.push(
      this.#workload(
        labels.destinationCluster,
        labels.destinationNamespace,
        labels.destinationWorkload,
        labels.destinationApp,
        labels.destinationVersion,
      ),
    );
    this.#edges.service.push(this.#service(labels));
    this.#edges.protocol.push(PROTOCOLS.indexOf(protocol));
    return row;
  }

  response(edge: number, code: string, flags: string, perSecond: number): void {
    this.#responses.edge.push(edge);
    this.#responses.code.push(this.#string(code));
    this.#responses.flags.push(this.#string(flags));
    this.#responses.perSecond.push(rounded(perSecond));
  }

  tcp(edge: number, rates: { sent: number; received: number; opened: number }): void {
    this.#tcp.edge.push(edge);
    this.#tcp.sentBytesPerSecond.push(rounded(rates.sent));
    this.#tcp.receivedBytesPerSecond.push(rounded(rates.received));
    this.#tcp.connectionsOpenedPerSecond.push(rounded(rates.opened));
  }

  security(edge: number, mutualTls: number, reported: number): void {
    this.#security.edge.push(edge);
    this.#security.mutualTls.push(rounded(mutualTls));
    this.#security.reported.push(rounded(reported));
  }

  build(): EdgeTable {
    return {
      strings: this.#strings,
      workloads: this.#workloads,
      services: this.#services,
      edges: this.#edges,
      responses: this.#responses,
      tcp: this.#tcp,
      security: this.#security,
    };
  }

  #string(value: string): number {
    const found = this.#stringIndex.get(value);
    if (found !== undefined) return found;
    const index = this.#strings.push(value) - 1;
    this.#stringIndex.set(value, index);
    return index;
  }

  #workload(cluster: string, namespace: string, name: string, app: string, version: string): number {
    const cells = [cluster, namespace, name, app, version];
    if (cells.every((cell) => cell === "")) return 0;
    const key = cells.join(KEY_SEPARATOR);
    const found = this.#workloadIndex.get(key);
    if (found !== undefined) return found;
    const columns = this.#workloads;
    const row = columns.name.push(this.#string(name)) - 1;
    columns.cluster.push(this.#string(cluster));
    columns.namespace.push(this.#string(namespace));
    columns.app.push(this.#string(app));
    columns.version.push(this.#string(version));
    this.#workloadIndex.set(key, row);
    return row;
  }

  #service(labels: EdgeLabels): number {
    const { destinationService: host, destinationServiceName: name, destinationServiceNamespace: namespace } = labels;
    if (host === "" && name === "" && namespace === "") return 0;
    const key = [labels.destinationCluster, namespace, name, host].join(KEY_SEPARATOR);
    const found = this.#serviceIndex.get(key);
    if (found !== undefined) return found;
    const columns = this.#services;
    const row = columns.name.push(this.#string(name)) - 1;
    columns.cluster.push(this.#string(labels.destinationCluster));
    columns.namespace.push(this.#string(namespace));
    columns.host.push(this.#string(host));
    this.#serviceIndex.set(key, row);
    return row;
  }
}
