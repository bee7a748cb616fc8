/** The node table of a reading: what configuration knows of namespaces, workloads and services. One pass over the index. */
import { healthRateOf } from "#lib/domain/health/annotation.ts";
import { namespaceMode, podMode, templateMode } from "./dataPlaneMode.ts";
import { type Discovery, discoveryOf } from "./discoverySelectors.ts";
import { serviceFqdn } from "./hosts.ts";
import { canonicalRevision, canonicalService, type Labels } from "./labels.ts";
import { collectMachines } from "./machines.ts";
import type { MeshView } from "./meshIndex.ts";
import type { DataPlaneMode, MeshNodes, NamespaceNode, ServiceNode, WorkloadNode } from "./meshNodes.ts";
import { countProxies, type ProxySync } from "./proxySync.ts";
import { readService } from "./service.ts";
import { readServiceEntry } from "./serviceEntry.ts";
import { collectServiceFlags } from "./serviceFlags.ts";
import { shape } from "./shape.ts";
import { finish, mapInPieces, type Work } from "./work.ts";
import { collectWorkloads, type Workload } from "./workload.ts";
import { collectGatewayHosts, workloadRole } from "./workloadRole.ts";
import { WorkloadSelection } from "./workloadSelection.ts";

/** Builds the node table of one cluster at once, as meshNodesInPieces does. */
export function buildMeshNodes(
  cluster: string,
  index: MeshView,
  proxySync?: ProxySync,
  isDiscovered: Discovery = discoveryOf(index),
): MeshNodes {
  return finish(meshNodesInPieces(cluster, index, proxySync, isDiscovered));
}

/**
 * Builds the node table of one cluster: some 50 ms for 5,000 services with two pods and two Istio objects each, twice that
 * for the first time (bench/meshNodes.ts), so keep the result for as long as the index has the same version. What changes
 * in the index meanwhile may or may not be in it.
 */
export function* meshNodesInPieces(
  cluster: string,
  index: MeshView,
  proxySync: ProxySync | undefined,
  isDiscovered: Discovery,
): Work<MeshNodes> {
  const namespaceLabels = new Map(index.list("/Namespace").map(({ metadata }) => [metadata.name, metadata.labels]));
  const workloads = yield* collectWorkloads(index);
  const gatewayHosts = collectGatewayHosts(index);
  const inPods = yield* mapInPieces(workloads, (workload): WorkloadNode => {
    const labels = labelsOf(workload);
    const mode = modeOf(workload, namespaceLabels.get(workload.namespace) ?? {});
    const role = workloadRole(labels, mode);
    const proxies = proxySync && countProxies(workload.pods, proxySync);
    const isGateway = role === "ingressGateway" || role === "egressGateway" || role === "waypoint";
    return {
      cluster,
      namespace: workload.namespace,
      name: workload.name,
      kind: workload.kind,
      app: canonicalService(labels, workload.name),
      version: canonicalRevision(labels),
      desiredReplicas: workload.desiredReplicas,
      availableReplicas: workload.availableReplicas,
      ...(workload.currentReplicas !== undefined && { currentReplicas: workload.currentReplicas }),
      ...(proxies && { proxies }),
      ...healthRate(workload.annotations),
      mode: isGateway || role === "ztunnel" ? "proxy" : mode,
      role,
      gatewayHosts: isGateway ? gatewayHosts(workload.namespace, labels) : [],
      labels,
    };
  });
  const nodes = [...inPods, ...collectMachines(cluster, index)];
  return {
    namespaces: buildNamespaces(cluster, namespaceLabels, nodes, isDiscovered),
    workloads: nodes,
    services: yield* buildServices(cluster, index, workloads),
  };
}

/** Namespaces that may not be read are known by their workloads; their mode by how these run. */
function buildNamespaces(
  cluster: string,
  labels: ReadonlyMap<string, Labels>,
  workloads: readonly WorkloadNode[],
  isDiscovered: Discovery,
): NamespaceNode[] {
  const known = [...labels].map(
    ([name, own]): NamespaceNode => ({
      cluster,
      name,
      ...namespaceMode(name, own),
      ...(!isDiscovered(own) && { undiscovered: true }),
    }),
  );
  const unread = new Map<string, DataPlaneMode>();
  for (const { namespace, mode } of workloads) {
    if (labels.has(namespace)) continue;
    if (mode === "sidecar" || (mode === "ambient" && unread.get(namespace) !== "sidecar")) unread.set(namespace, mode);
    else if (!unread.has(namespace)) unread.set(namespace, "none");
  }
  return [
    ...known,
    ...[...unread].map(([name, mode]): NamespaceNode => ({ cluster, name, mode: mode === "proxy" ? "none" : mode })),
  ];
}

function* buildServices(cluster: string, index: MeshView, workloads: readonly Workload[]): Work<ServiceNode[]> {
  const services = yield* mapInPieces(index.list("/Service"), readService);
  const entries = index.list("networking.istio.io/ServiceEntry").map(readServiceEntry);
  const hosts = new Set([...services.map(({ fqdn }) => fqdn), ...entries.flatMap((entry) => entry.hosts)]);
  const flagsOf = yield* collectServiceFlags(index, hosts);
  const selection = new WorkloadSelection(workloads);
  const flags = (names: readonly string[]) => [...new Set(names.flatMap((host) => flagsOf.get(host) ?? []))];
  yield;
  const inCluster = yield* mapInPieces(
    services,
    ({ namespace, name, selector, labels, annotations }): ServiceNode => ({
      cluster,
      namespace,
      name,
      kind: "Service",
      hosts: [serviceFqdn(name, namespace)],
      workloads: selection.select(namespace, selector),
      labels,
      flags: flags([serviceFqdn(name, namespace)]),
      ...healthRate(annotations),
    }),
  );
  return [
    ...inCluster,
    ...entries.map(
      ({ namespace, name, labels, annotations, hosts: own, location, exportTo, workloadSelector }): ServiceNode => ({
        cluster,
        namespace,
        name,
        kind: "ServiceEntry",
        hosts: own,
        location,
        ...(exportTo.length > 0 && { exportTo }),
        workloads: selection.select(namespace, workloadSelector ?? {}),
        labels,
        flags: flags(own),
        ...healthRate(annotations),
      }),
    ),
  ];
}

function healthRate(annotations: Readonly<Record<string, string>>): Pick<WorkloadNode, "healthRate"> {
  const text = healthRateOf(annotations);
  return text === undefined ? {} : { healthRate: text };
}

/** Labels of the pods: from the template where there is one, since all its pods carry them. */
function labelsOf({ template, pods }: Workload): Labels {
  return template?.labels ?? pods[0]?.metadata.labels ?? {};
}

/** How the pods run, and only without pods how they would. A rollout that adds the proxy counts from its first pod. */
function modeOf({ pods, template, namespace }: Workload, namespaceLabels: Labels): DataPlaneMode {
  if (pods.length === 0) return template === undefined ? "none" : templateMode(template, namespace, namespaceLabels);
  let mode: DataPlaneMode = "none";
  for (const { metadata, spec } of pods) {
    const own = podMode({ labels: metadata.labels, annotations: metadata.annotations, spec: shape(spec) });
    if (own === "sidecar" || own === "proxy") return own;
    if (own === "ambient") mode = own;
  }
  return mode;
}
