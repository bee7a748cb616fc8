/** Workloads on virtual machines: a WorkloadGroup is their template, each machine that joined is a WorkloadEntry. */
import { canonicalRevision, canonicalService } from "./labels.ts";
import type { MeshIndex } from "./meshIndex.ts";
import type { WorkloadNode } from "./meshNodes.ts";
import { shape, textMap } from "./shape.ts";

/**
 * The nodes of WorkloadGroups: telemetry names a machine's workload after its group. Every machine in the mesh runs a
 * proxy, and one that is registered is taken as available.
 * @see https://istio.io/latest/docs/reference/config/networking/workload-group/
 */
export function collectWorkloadGroups(cluster: string, index: MeshIndex): WorkloadNode[] {
  const machines = Map.groupBy(index.list("networking.istio.io/WorkloadEntry"), ({ metadata }) => {
    const group = metadata.ownerReferences?.find(({ kind }) => kind === "WorkloadGroup")?.name;
    return `${metadata.namespace}/${group ?? ""}`;
  });
  return index.list("networking.istio.io/WorkloadGroup").map(({ metadata: { namespace, name }, spec }) => {
    const labels = textMap(shape(shape(spec)["metadata"])["labels"]);
    const registered = machines.get(`${namespace}/${name}`)?.length ?? 0;
    return {
      cluster,
      namespace,
      name,
      kind: "WorkloadGroup",
      app: canonicalService(labels, name),
      version: canonicalRevision(labels),
      desiredReplicas: registered,
      availableReplicas: registered,
      mode: "sidecar",
      role: "workload",
      gatewayHosts: [],
    };
  });
}
