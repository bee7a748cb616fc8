/** MeshNodes by the names telemetry uses. */
import type { MeshNodes, ServiceNode, WorkloadNode } from "#lib/domain/mesh/meshNodes.ts";
import { joinKey } from "#lib/domain/telemetry/edgeKey.ts";
import { indexServiceEntries, type ServiceEntries } from "./serviceEntries.ts";

export type MeshLookup = {
  workload(cluster: string, namespace: string, name: string): WorkloadNode | undefined;
  /** Workloads of a canonical service, of one revision or of all. */
  app(cluster: string, namespace: string, app: string, version?: string): readonly WorkloadNode[];
  service(cluster: string, namespace: string, name: string): ServiceNode | undefined;
  entries: ServiceEntries;
  /** What a node of this service name stands for: a Service, or a ServiceEntry by its node's name. */
  named(cluster: string, namespace: string, name: string): ServiceNode | undefined;
  /** The name of an entry's node: its own, or its first host where a Service of its namespace has that name. */
  entryName(entry: ServiceNode): string;
  /** Whether anything of the cluster could be read. */
  readsCluster(cluster: string): boolean;
  /** Whether the namespace, or anything in it, could be read. */
  readsNamespace(cluster: string, namespace: string): boolean;
  /**
   * Whether workloads of the namespace would be known if there were any: the namespace is watched, and some workload of
   * its cluster could be read. Without that nothing can be called missing.
   */
  knowsWorkloads(cluster: string, namespace: string): boolean;
  /** The same for Services. */
  knowsServices(cluster: string, namespace: string): boolean;
};

/** A node table never changes, and is looked into for every view of it. */
const lookups = new WeakMap<MeshNodes, MeshLookup>();

/** The lookup of a node table, built when it is first asked for. */
export function meshLookupOf(mesh: MeshNodes): MeshLookup {
  let lookup = lookups.get(mesh);
  if (lookup === undefined) lookups.set(mesh, (lookup = buildMeshLookup(mesh)));
  return lookup;
}

function buildMeshLookup(mesh: MeshNodes): MeshLookup {
  const workloads = new Map<string, WorkloadNode>();
  const apps = new Map<string, WorkloadNode[]>();
  const services = new Map<string, ServiceNode>();
  const entries = new Map<string, ServiceNode>();
  const watched = new Set(mesh.namespaces.map(({ cluster, name }) => joinKey(cluster, name)));
  const listed = (what: "workloads" | "services") =>
    new Set(mesh.namespaces.flatMap((one) => (one.unlisted?.includes(what) ? [] : joinKey(one.cluster, one.name))));
  const [listedWorkloads, listedServices] = [listed("workloads"), listed("services")];
  const things = [...mesh.workloads, ...mesh.services];
  const read = new Set([...watched, ...things.map(({ cluster, namespace }) => joinKey(cluster, namespace))]);
  const clusters = new Set([...mesh.namespaces, ...things].map(({ cluster }) => cluster));
  const withWorkloads = new Set(mesh.workloads.map(({ cluster }) => cluster));
  const withServices = new Set<string>();

  for (const workload of mesh.workloads) {
    workloads.set(joinKey(workload.cluster, workload.namespace, workload.name), workload);
    append(apps, joinKey(workload.cluster, workload.namespace, workload.app), workload);
    append(apps, joinKey(workload.cluster, workload.namespace, workload.app, workload.version), workload);
  }
  for (const service of mesh.services) {
    if (service.kind !== "Service") continue;
    withServices.add(service.cluster);
    services.set(joinKey(service.cluster, service.namespace, service.name), service);
  }
  const entryName = (entry: ServiceNode) =>
    services.has(joinKey(entry.cluster, entry.namespace, entry.name)) ? (entry.hosts[0] ?? entry.name) : entry.name;
  for (const entry of mesh.services) {
    if (entry.kind === "ServiceEntry") entries.set(joinKey(entry.cluster, entry.namespace, entryName(entry)), entry);
  }

  return {
    workload: (cluster, namespace, name) => workloads.get(joinKey(cluster, namespace, name)),
    app: (cluster, namespace, app, version) =>
      apps.get(version === undefined ? joinKey(cluster, namespace, app) : joinKey(cluster, namespace, app, version)) ??
      [],
    service: (cluster, namespace, name) => services.get(joinKey(cluster, namespace, name)),
    entries: indexServiceEntries(mesh.services),
    named: (cluster, namespace, name) =>
      services.get(joinKey(cluster, namespace, name)) ?? entries.get(joinKey(cluster, namespace, name)),
    entryName,
    readsCluster: (cluster) => clusters.has(cluster),
    readsNamespace: (cluster, namespace) => read.has(joinKey(cluster, namespace)),
    knowsWorkloads: (cluster, namespace) =>
      withWorkloads.has(cluster) && listedWorkloads.has(joinKey(cluster, namespace)),
    knowsServices: (cluster, namespace) => withServices.has(cluster) && listedServices.has(joinKey(cluster, namespace)),
  };
}

function append(map: Map<string, WorkloadNode[]>, at: string, workload: WorkloadNode): void {
  const list = map.get(at);
  if (list === undefined) map.set(at, [workload]);
  else list.push(workload);
}
