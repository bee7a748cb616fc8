/** Workloads on virtual machines: a WorkloadGroup is their template, each machine that joined is a WorkloadEntry. */
import { canonicalRevision, canonicalService, type Labels } from "./labels.ts";
import type { MeshView } from "./meshIndex.ts";
import type { WorkloadNode } from "./meshNodes.ts";
import { shape, textMap } from "./shape.ts";

/**
 * The nodes of machines: telemetry names a machine's workload after its group, or after itself where it was declared by
 * hand. Every machine in the mesh runs a proxy, and one that is registered is taken as available.
 * @see https://istio.io/latest/docs/reference/config/networking/workload-group/
 */
export function collectMachines(cluster: string, index: MeshView): WorkloadNode[] {
  const entries = Map.groupBy(index.list("networking.istio.io/WorkloadEntry"), ({ metadata }) => {
    const group = metadata.ownerReferences?.find(({ kind }) => kind === "WorkloadGroup")?.name;
    return group === undefined ? "" : `${metadata.namespace}/${group}`;
  });
  const groups = index.list("networking.istio.io/WorkloadGroup").map(({ metadata: { namespace, name }, spec }) => {
    const labels = textMap(shape(shape(spec)["metadata"])["labels"]);
    const machines = entries.get(`${namespace}/${name}`)?.length ?? 0;
    return machineNode({ cluster, namespace, name, kind: "WorkloadGroup", labels, machines });
  });
  const alone = (entries.get("") ?? []).map(({ metadata: { namespace, name, labels: own }, spec }) => {
    const labels = { ...own, ...textMap(shape(spec)["labels"]) };
    return machineNode({ cluster, namespace, name, kind: "WorkloadEntry", labels, machines: 1 });
  });
  return [...groups, ...alone];
}

function machineNode({
  labels,
  machines,
  ...identity
}: Pick<WorkloadNode, "cluster" | "namespace" | "name" | "kind"> & {
  readonly labels: Labels;
  readonly machines: number;
}): WorkloadNode {
  return {
    ...identity,
    app: canonicalService(labels, identity.name),
    version: canonicalRevision(labels),
    desiredReplicas: machines,
    availableReplicas: machines,
    mode: "sidecar",
    role: "workload",
    gatewayHosts: [],
    labels,
  };
}
