/** MeshNodes by the names telemetry uses. */
import type { MeshNodes, ServiceNode, WorkloadNode } from "#lib/domain/mesh/meshNodes.ts";

export type MeshLookup = {
  workload(cluster: string, namespace: string, name: string): WorkloadNode | undefined;
  /** Workloads of a canonical service, of one revision or of all. */
  app(cluster: string, namespace: string, app: string, version?: string): readonly WorkloadNode[];
  service(cluster: string, namespace: string, name: string): ServiceNode | undefined;
  /** The ServiceEntry that stands for a host: an exact host first, then the longest wildcard, then by namespace and name. */
  serviceEntry(cluster: string, host: string): ServiceNode | undefined;
  /**
   * Whether workloads of the namespace would be known if there were any: the namespace is watched, and some workload of
   * its cluster could be read. Without that nothing can be called missing.
   */
  knowsWorkloads(cluster: string, namespace: string): boolean;
};

export function buildMeshLookup(mesh: MeshNodes): MeshLookup {
  const workloads = new Map<string, WorkloadNode>();
  const apps = new Map<string, WorkloadNode[]>();
  const services = new Map<string, ServiceNode>();
  const exactHosts = new Map<string, ServiceNode>();
  const wildcards: { suffix: string; entry: ServiceNode }[] = [];
  const namespaces = new Set(mesh.namespaces.map(({ cluster, name }) => key(cluster, name)));
  const clusters = new Set(mesh.workloads.map(({ cluster }) => cluster));

  for (const workload of mesh.workloads) {
    workloads.set(key(workload.cluster, workload.namespace, workload.name), workload);
    append(apps, key(workload.cluster, workload.namespace, workload.app), workload);
    append(apps, key(workload.cluster, workload.namespace, workload.app, workload.version), workload);
  }
  for (const service of mesh.services) services.set(key(service.cluster, service.namespace, service.name), service);
  const entries = mesh.services
    .filter((service) => service.kind === "ServiceEntry")
    .sort((left, right) => compare(left.namespace, right.namespace) || compare(left.name, right.name));
  for (const entry of entries) {
    for (const host of entry.hosts) {
      if (host.startsWith("*")) wildcards.push({ suffix: host.slice(1), entry });
      else if (!exactHosts.has(key(entry.cluster, host))) exactHosts.set(key(entry.cluster, host), entry);
    }
  }
  wildcards.sort((left, right) => right.suffix.length - left.suffix.length);

  return {
    workload: (cluster, namespace, name) => workloads.get(key(cluster, namespace, name)),
    app: (cluster, namespace, app, version) =>
      apps.get(version === undefined ? key(cluster, namespace, app) : key(cluster, namespace, app, version)) ?? [],
    service: (cluster, namespace, name) => services.get(key(cluster, namespace, name)),
    serviceEntry: (cluster, host) =>
      exactHosts.get(key(cluster, host)) ??
      wildcards.find(({ suffix, entry }) => entry.cluster === cluster && host.endsWith(suffix))?.entry,
    knowsWorkloads: (cluster, namespace) => clusters.has(cluster) && namespaces.has(key(cluster, namespace)),
  };
}

function key(...parts: readonly string[]): string {
  return parts.join("\u0000");
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function append(map: Map<string, WorkloadNode[]>, at: string, workload: WorkloadNode): void {
  const list = map.get(at);
  if (list === undefined) map.set(at, [workload]);
  else list.push(workload);
}
