/**
 * Which node stands for a workload or service, in each graph type.
 *
 *   workload      the workload                     reviews-v2
 *   versionedApp  canonical service and revision   reviews · v2
 *   app           canonical service                reviews
 *   service       the service most of its calls come through; the workload itself when none does
 *
 * - No names at all at the source: the "unknown" node of the cluster that reported it.
 * - What the viewer may not see: one node that calls, one that is called; where its host is known, a service by that host.
 * - PassthroughCluster and BlackHoleCluster: one node each a cluster; they are Envoy clusters, not services, and only
 *   drawn where no workload is known behind them.
 * - Hosts of one ServiceEntry fold into its node (serviceEntries.ts); an external host without one is a service of its
 *   own, whatever its case and port.
 */
import type { ServiceCell, WorkloadCell } from "#lib/domain/telemetry/edgeRows.ts";
import type { GraphDraft, NodeDraft } from "../draft.ts";
import type { GraphType, NodeFlag } from "../graph.ts";
import { formatNodeId, type InaccessibleEnd, type NodeKey } from "../ids.ts";
import type { MeshLookup } from "../meshLookup.ts";
import { canonicalHost } from "../serviceEntries.ts";

/** The id of the node of a workload cell, which is added to the draft when new. */
export function placeWorkload(draft: GraphDraft, cell: WorkloadCell, graphType: GraphType): string {
  const key = workloadKey(cell, graphType);
  const id = formatNodeId(key);
  if (!draft.nodes.has(id)) draft.nodes.set(id, workloadDraft(id, key, cell));
  return id;
}

function workloadKey(cell: WorkloadCell, graphType: GraphType): NodeKey {
  const { cluster, namespace, name, app, version } = cell;
  if (name === "" && app === "") return { kind: "unknown", cluster };
  const byApp = graphType === "app" || graphType === "versionedApp";
  if ((byApp && app !== "") || name === "") {
    const hasVersion = graphType === "versionedApp" && version !== "" && version !== "latest";
    if (graphType === "versionedApp" && !hasVersion && name !== "")
      return { kind: "workload", cluster, namespace, workload: name };
    return { kind: "app", cluster, namespace, app, ...(hasVersion ? { version } : {}) };
  }
  return { kind: "workload", cluster, namespace, workload: name };
}

function workloadDraft(id: string, key: NodeKey, cell: WorkloadCell): NodeDraft {
  const { cluster, namespace } = cell;
  const base = { id, cluster, hosts: new Set<string>(), flags: new Set<NodeFlag>() };
  switch (key.kind) {
    case "app":
      return {
        ...base,
        type: "app",
        namespace,
        label: key.app,
        app: key.app,
        ...(key.version === undefined ? {} : { version: key.version }),
      };
    case "workload":
      return {
        ...base,
        type: "workload",
        namespace,
        label: key.workload,
        workload: key.workload,
        ...(cell.app === "" ? {} : { app: cell.app }),
        ...(cell.version === "" ? {} : { version: cell.version }),
      };
    default:
      return { ...base, type: "unknown", namespace: "", label: "unknown" };
  }
}

/** The id of the node that stands for all the viewer may not see at one end of calls; in no cluster and no namespace. */
export function placeInaccessible(draft: GraphDraft, end: InaccessibleEnd): string {
  const id = formatNodeId({ kind: "inaccessible", end });
  if (!draft.nodes.has(id)) {
    const flags = new Set<NodeFlag>(["inaccessible"]);
    draft.nodes.set(id, {
      id,
      type: "unknown",
      cluster: "",
      namespace: "",
      label: "inaccessible",
      hosts: new Set(),
      flags,
    });
  }
  return id;
}

const ENVOY_CLUSTERS: ReadonlyMap<string, "passthrough" | "blackhole"> = new Map([
  ["PassthroughCluster", "passthrough"],
  ["BlackHoleCluster", "blackhole"],
]);

/** True for Envoy's own clusters, which stand for "anywhere" and "nowhere" rather than for a service. */
export function isEnvoyCluster(cell: ServiceCell): boolean {
  return ENVOY_CLUSTERS.has(cell.name);
}

/** Who calls: the cluster stands in where a cell names none, the namespace decides which ServiceEntries may be used. */
export type Caller = { readonly cluster: string; readonly namespace: string };

/** The id of the node of a service cell, added when new; undefined when the cell names no service. */
export function placeService(
  draft: GraphDraft,
  cell: ServiceCell,
  caller: Caller,
  lookup: MeshLookup,
): string | undefined {
  const envoy = ENVOY_CLUSTERS.get(cell.name);
  if (envoy !== undefined) return placeEnvoyCluster(draft, envoy, cell, caller.cluster);
  const cluster = cell.cluster === "" ? caller.cluster : cell.cluster;
  const name =
    cell.name === "" ? canonicalHost(cell.host) : cell.name.includes(".") ? canonicalHost(cell.name) : cell.name;
  if (name === "") return undefined;
  const service = lookup.service(cluster, cell.namespace, name);
  const entry =
    service ??
    lookup.entries.forHost(cluster, cell.host, caller.namespace) ??
    lookup.entries.calledLikeService(cluster, cell.namespace, name);
  const isEntry = entry?.kind === "ServiceEntry";
  const own = isEntry ? lookup.entryName(entry) : name;
  const namespace = isEntry ? entry.namespace : cell.namespace;
  const id = formatNodeId({ kind: "service", cluster, namespace, service: own });
  let node = draft.nodes.get(id);
  if (node === undefined) {
    node = {
      id,
      type: isEntry ? "serviceEntry" : "service",
      cluster,
      namespace,
      label: isEntry && entry.hosts.length === 1 ? (entry.hosts[0] ?? own) : own,
      service: own,
      hosts: new Set(),
      flags: new Set(),
    };
    draft.nodes.set(id, node);
  }
  if (cell.host !== "") node.hosts.add(cell.host);
  return id;
}

function placeEnvoyCluster(
  draft: GraphDraft,
  kind: "passthrough" | "blackhole",
  { name, host }: ServiceCell,
  cluster: string,
): string {
  const id = formatNodeId({ kind, cluster });
  let node = draft.nodes.get(id);
  if (node === undefined) {
    node = { id, type: kind, cluster, namespace: "", label: name, hosts: new Set(), flags: new Set() };
    draft.nodes.set(id, node);
  }
  if (host !== name && host !== "") node.hosts.add(host);
  return id;
}
