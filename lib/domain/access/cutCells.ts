/** What is left of the workloads, services and identities of an EdgeTable: see cutEdgeTable.ts for the rules. */
import { joinKey } from "#lib/domain/telemetry/edgeKey.ts";
import { type ServiceCell, serviceCells, type WorkloadCell, workloadCells } from "#lib/domain/telemetry/edgeRows.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import type { Sees } from "./sees.ts";

/** nobody: in no namespace, so that nobody's rights say anything of it. */
type Standing = "seen" | "hidden" | "nobody";

const NO_WORKLOAD: WorkloadCell = { cluster: "", namespace: "", name: "", app: "", version: "" };
const NO_SERVICE: ServiceCell = { cluster: "", namespace: "", name: "", host: "" };

export class CutCells {
  /** Whether a name of an edge that is shown had to go. */
  changed = false;
  readonly #table: EdgeTable;
  readonly #sees: Sees;
  /** Whether even calls between nobody and nobody may be seen. */
  readonly #seesNobody: boolean;
  readonly #workloads: readonly (WorkloadCell & { readonly standing: Standing })[];
  readonly #services: readonly (ServiceCell & { readonly standing: Standing })[];
  readonly #clusters: ReadonlySet<string>;
  readonly #strings = new Map([["", 0]]);
  readonly #workloadRows = new Map<string, number>();
  readonly #serviceRows = new Map<string, number>();
  readonly #keptWorkloads: WorkloadCell[] = [NO_WORKLOAD];
  readonly #keptServices: ServiceCell[] = [NO_SERVICE];
  readonly #withheldServices = new Set<number>();
  /** By row of the whole table, once it has been asked for. */
  readonly #rowOfWorkload: number[] = [];
  readonly #rowOfService: number[] = [];
  readonly #rowOfHost: number[] = [];
  readonly #namespacesIn: (readonly string[])[] = [];
  #withheldWorkload: number | undefined;

  constructor(table: EdgeTable, sees: Sees) {
    this.#table = table;
    this.#sees = sees;
    this.#seesNobody = sees("", "");
    const standing = ({ cluster, namespace }: { readonly cluster: string; readonly namespace: string }): Standing =>
      namespace === "" ? "nobody" : sees(cluster, namespace) ? "seen" : "hidden";
    this.#workloads = workloadCells(table).map((cell) => ({ ...cell, standing: standing(cell) }));
    this.#services = serviceCells(table).map((cell) => ({ ...cell, standing: standing(cell) }));
    const seen = [...this.#workloads, ...this.#services].filter((cell) => cell.standing === "seen");
    this.#clusters = new Set(seen.map(({ cluster }) => cluster));
    this.#workloadRows.set(workloadKey(NO_WORKLOAD), 0);
    this.#serviceRows.set(serviceKey(NO_SERVICE), 0);
  }

  /** How the viewer stands to who called. */
  caller(edge: number): Standing {
    return this.#workloads[this.#table.edges.source[edge] ?? 0]?.standing ?? "nobody";
  }

  /** How the viewer stands to what answered: a workload that no proxy names is as hidden as its service. */
  server(edge: number): Standing {
    const own = this.#workloads[this.#table.edges.target[edge] ?? 0]?.standing ?? "nobody";
    return own === "nobody" && this.#called(edge) === "hidden" ? "hidden" : own;
  }

  /** Equal for edges that have become one; undefined for those that may not be seen. */
  keyOf(edge: number): string | undefined {
    return this.#isShown(edge)
      ? `${this.source(edge)} ${this.target(edge)} ${this.service(edge)} ${this.#table.edges.protocol[edge]}`
      : undefined;
  }

  /** Row of the caller of an edge that is shown. */
  source(edge: number): number {
    return this.#workload(this.#table.edges.source[edge] ?? 0, this.caller(edge));
  }

  /** Row of what answered an edge that is shown. */
  target(edge: number): number {
    return this.#workload(this.#table.edges.target[edge] ?? 0, this.server(edge));
  }

  /** Row of what was called. */
  service(edge: number): number {
    const row = this.#table.edges.service[edge] ?? 0;
    if (row === 0) return 0;
    const standing = this.#called(edge);
    if (standing === "seen") return (this.#rowOfService[row] ??= this.#keepService(row));
    if (this.caller(edge) === "hidden" || (standing === "hidden" && this.caller(edge) === "nobody")) {
      this.changed = true;
      return 0;
    }
    if (standing === "nobody") return (this.#rowOfService[row] ??= this.#keepService(row));
    this.changed = true;
    return (this.#rowOfHost[row] ??= this.#keepHost(row));
  }

  /** The identities of an edge's ends that may be told, as indexes of the whole table's strings; 0 for others. */
  principals(edge: number, source: number, target: number): readonly [source: number, target: number] {
    const { edges } = this.#table;
    const caller = this.#workloads[edges.source[edge] ?? 0]?.cluster ?? "";
    const server = this.#workloads[edges.target[edge] ?? 0]?.cluster ?? "";
    const answered = this.server(edge) === "nobody" ? this.#called(edge) : this.server(edge);
    return [
      this.#mayName(source, this.caller(edge), caller) ? source : 0,
      this.#mayName(target, answered, server) ? target : 0,
    ];
  }

  /** Index of a text in the dictionary of what is left. */
  string(text: string): number {
    const found = this.#strings.get(text);
    if (found !== undefined) return found;
    const index = this.#strings.size;
    this.#strings.set(text, index);
    return index;
  }

  /** All that edges refer to. Call it last: the dictionary holds what was used until then. */
  columns(): Pick<EdgeTable, "strings" | "workloads" | "services" | "withheld"> {
    const workload = (name: keyof WorkloadCell) => this.#keptWorkloads.map((cell) => this.string(cell[name]));
    const service = (name: keyof ServiceCell) => this.#keptServices.map((cell) => this.string(cell[name]));
    const workloads = {
      cluster: workload("cluster"),
      namespace: workload("namespace"),
      name: workload("name"),
      app: workload("app"),
      version: workload("version"),
    };
    const services = {
      cluster: service("cluster"),
      namespace: service("namespace"),
      name: service("name"),
      host: service("host"),
    };
    const row = this.#withheldWorkload;
    const withheld = { ...(row === undefined ? {} : { workload: row }), services: [...this.#withheldServices] };
    return { strings: [...this.#strings.keys()], workloads, services, withheld };
  }

  #called(edge: number): Standing {
    return this.#services[this.#table.edges.service[edge] ?? 0]?.standing ?? "nobody";
  }

  #isShown(edge: number): boolean {
    const ends = [this.caller(edge), this.server(edge), this.#called(edge)];
    return ends.includes("seen") || (this.#seesNobody && !ends.includes("hidden"));
  }

  #workload(row: number, standing: Standing): number {
    if (standing === "hidden") {
      this.changed = true;
      return (this.#withheldWorkload ??= this.#keptWorkloads.push(NO_WORKLOAD) - 1);
    }
    const known = this.#rowOfWorkload[row];
    if (known !== undefined) return known;
    const { standing: _standing, ...cell } = this.#workloads[row] ?? { ...NO_WORKLOAD, standing };
    const kept = standing === "seen" ? cell : { ...cell, cluster: this.#clusterOf(cell) };
    const key = workloadKey(kept);
    let added = this.#workloadRows.get(key);
    if (added === undefined) this.#workloadRows.set(key, (added = this.#keptWorkloads.push(kept) - 1));
    this.#rowOfWorkload[row] = added;
    return added;
  }

  #keepService(row: number): number {
    const { standing, ...cell } = this.#services[row] ?? { ...NO_SERVICE, standing: "nobody" };
    return this.#serviceRow(standing === "seen" ? cell : { ...cell, cluster: this.#clusterOf(cell) });
  }

  #keepHost(row: number): number {
    const { host } = this.#services[row] ?? NO_SERVICE;
    if (host === "") return 0;
    const kept = this.#serviceRow({ ...NO_SERVICE, host });
    this.#withheldServices.add(kept);
    return kept;
  }

  #serviceRow(cell: ServiceCell): number {
    const key = serviceKey(cell);
    const found = this.#serviceRows.get(key);
    if (found !== undefined) return found;
    const added = this.#keptServices.push(cell) - 1;
    this.#serviceRows.set(key, added);
    return added;
  }

  /** A cluster is named by what may be seen of it. */
  #clusterOf({ cluster }: { readonly cluster: string }): string {
    if (this.#seesNobody || cluster === "" || this.#clusters.has(cluster)) return cluster;
    this.changed = true;
    return "";
  }

  #mayName(principal: number, standing: Standing, cluster: string): boolean {
    const text = this.#table.strings[principal] ?? "";
    if (text === "") return true;
    if (standing === "hidden") return false;
    const namespaces = (this.#namespacesIn[principal] ??= namespacesIn(text));
    if (namespaces.length === 0) return standing === "seen" || this.#seesNobody;
    return namespaces.every((namespace) => this.#sees(cluster, namespace));
  }
}

function workloadKey({ cluster, namespace, name, app, version }: WorkloadCell): string {
  return joinKey(cluster, namespace, name, app, version);
}

function serviceKey({ cluster, namespace, name, host }: ServiceCell): string {
  return joinKey(cluster, namespace, name, host);
}

/** spiffe://cluster.local/ns/bookinfo/sa/reviews; all of them where there are several, since any may be the true one. */
function namespacesIn(principal: string): string[] {
  return [...principal.matchAll(/(?:^|\/)ns\/([^/]*)/g)].map(([, name = ""]) => name);
}
