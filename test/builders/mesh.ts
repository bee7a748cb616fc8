/** Configuration for tests: say only what differs from a healthy Deployment with a sidecar in namespace "shop". */
import type { MeshNodes, NamespaceNode, ServiceNode, WorkloadNode } from "#lib/domain/mesh/meshNodes.ts";

export function workloadNode(workload: Partial<WorkloadNode> & { name: string }): WorkloadNode {
  const [app = workload.name, version = "latest"] = workload.name.split(/-(?=v\d)/);
  return {
    cluster: "primary",
    namespace: "shop",
    kind: "Deployment",
    app,
    version,
    desiredReplicas: 1,
    availableReplicas: 1,
    mode: "sidecar",
    role: "workload",
    gatewayHosts: [],
    ...workload,
  };
}

export function serviceNode(service: Partial<ServiceNode> & { name: string }): ServiceNode {
  const namespace = service.namespace ?? "shop";
  return {
    cluster: "primary",
    namespace,
    kind: "Service",
    hosts: [`${service.name}.${namespace}.svc.cluster.local`],
    workloads: [],
    flags: [],
    ...service,
  };
}

export function meshNodes(mesh: Partial<MeshNodes> = {}): MeshNodes {
  const workloads = mesh.workloads ?? [];
  const services = mesh.services ?? [];
  const names = new Set([...workloads, ...services].map(({ cluster, namespace }) => `${cluster}/${namespace}`));
  const namespaces = [...names].map((name): NamespaceNode => {
    const [cluster = "", namespace = ""] = name.split("/");
    return { cluster, name: namespace, mode: "sidecar" };
  });
  return { namespaces, workloads, services, ...mesh };
}
