/**
 * Which ServiceEntry stands for a host that was called.
 *
 * - Names of hosts are compared as DNS does, without case, port and final dot.
 * - An exact host goes before wildcards, a longer wildcard before a shorter one.
 * - Of several entries for one host an entry made for some namespaces only (exportTo) goes first where it may be used;
 *   among those for everybody the first by namespace and name. So one host is one node, however often it is declared.
 * - The host of a MESH_INTERNAL entry is also called by its first label, like a Service, in the entry's own namespace:
 *   reviews.shop.svc.cluster.local is reviews.global when no Service of that name exists.
 */
import type { MeshNodes, ServiceNode } from "#lib/domain/mesh/meshNodes.ts";
import { joinKey } from "#lib/domain/telemetry/edgeKey.ts";

export type ServiceEntries = {
  /** The entry for a host; `callerNamespace` "" may use every entry. */
  forHost(cluster: string, host: string, callerNamespace: string): ServiceNode | undefined;
  /** The internal entry of a namespace that is called like a Service of it. */
  calledLikeService(cluster: string, namespace: string, name: string): ServiceNode | undefined;
  /** Callers of one scope may use the same entries: "" where the namespace makes no difference. */
  scope(callerNamespace: string): string;
};

/** A host as DNS compares it: "API.Example.com.:443" is "api.example.com"; an IPv6 address keeps its colons. */
export function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  const port = /^([^:]+|\[[^\]]*\]):\d+$/.exec(lower);
  return (port?.[1] ?? lower).replace(/(?<=.)\.$/, "");
}

export function indexServiceEntries(services: MeshNodes["services"]): ServiceEntries {
  const entries = services
    .filter(({ kind }) => kind === "ServiceEntry")
    .sort(
      (left, right) =>
        Number(isForAll(left)) - Number(isForAll(right)) ||
        compare(left.namespace, right.namespace) ||
        compare(left.name, right.name),
    );
  const exact = new Map<string, ServiceNode[]>();
  const firstLabels = new Map<string, ServiceNode>();
  const wildcards: { suffix: string; entry: ServiceNode }[] = [];
  for (const entry of entries) {
    for (const host of entry.hosts.map(canonicalHost)) {
      if (host.startsWith("*")) wildcards.push({ suffix: host.slice(1), entry });
      else append(exact, joinKey(entry.cluster, host), entry);
      if (entry.location !== "internal") continue;
      const [firstLabel = host] = host.split(".");
      const label = joinKey(entry.cluster, entry.namespace, firstLabel);
      if (!firstLabels.has(label)) firstLabels.set(label, entry);
    }
  }
  wildcards.sort((left, right) => right.suffix.length - left.suffix.length);
  const anyRestricted = entries.some((entry) => !isForAll(entry));

  return {
    forHost(cluster, host, callerNamespace) {
      const wanted = canonicalHost(host);
      return (
        exact.get(joinKey(cluster, wanted))?.find((entry) => mayUse(entry, callerNamespace)) ??
        wildcards.find(
          ({ suffix, entry }) => entry.cluster === cluster && wanted.endsWith(suffix) && mayUse(entry, callerNamespace),
        )?.entry
      );
    },
    calledLikeService: (cluster, namespace, name) => firstLabels.get(joinKey(cluster, namespace, name.toLowerCase())),
    scope: (callerNamespace) => (anyRestricted ? callerNamespace : ""),
  };
}

/** No exportTo is everybody, unless the mesh says otherwise (meshConfig.defaultServiceExportTo). */
function isForAll({ exportTo }: ServiceNode): boolean {
  return exportTo === undefined || exportTo.length === 0 || exportTo.includes("*");
}

/** Whether callers of a namespace may use an entry: exportTo names it, is ".", its own, or "*". */
export function mayUse(entry: ServiceNode, callerNamespace: string): boolean {
  if (isForAll(entry) || callerNamespace === "") return true;
  const { exportTo = [], namespace } = entry;
  return exportTo.includes(callerNamespace) || (exportTo.includes(".") && namespace === callerNamespace);
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function append(map: Map<string, ServiceNode[]>, at: string, entry: ServiceNode): void {
  const list = map.get(at);
  if (list === undefined) map.set(at, [entry]);
  else list.push(entry);
}
