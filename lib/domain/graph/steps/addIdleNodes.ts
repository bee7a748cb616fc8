/**
 * Workloads and services that configuration knows and no call reached or left in the window.
 *
 * - Control plane and ztunnel pods are not part of the traffic map, nor are Services that select nothing else; those of
 *   waypoints are where connections go, not what is called.
 * - A waypoint whose connections are left out is at work.
 * - A ServiceEntry whose hosts another entry stands for has no node of its own.
 * - Where istiod does not look (discovery selectors) nothing is part of the mesh.
 * - A service is only added where the graph shows services; in the app graphs a workload's app stands for it.
 */
import type { MeshNodes, ServiceNode } from "#lib/domain/mesh/meshNodes.ts";
import { joinKey } from "#lib/domain/telemetry/edgeKey.ts";
import type { GraphDraft } from "../draft.ts";
import type { GraphType } from "../graph.ts";
import { formatNodeId } from "../ids.ts";
import type { MeshLookup } from "../meshLookup.ts";
import { placeService, placeWorkload } from "./placeNodes.ts";

export function addIdleNodes(
  draft: GraphDraft,
  mesh: MeshNodes,
  lookup: MeshLookup,
  options: { readonly graphType: GraphType; readonly serviceNodes: boolean },
): void {
  const outside = new Set(
    mesh.namespaces.flatMap(({ cluster, name, undiscovered }) => (undiscovered ? joinKey(cluster, name) : [])),
  );
  const active = new Set(draft.nodes.keys());
  const markIdle = (id: string | undefined) => {
    if (id !== undefined && !active.has(id)) draft.nodes.get(id)?.flags.add("idle");
  };
  if (options.graphType !== "service") {
    for (const workload of mesh.workloads) {
      if (workload.role === "controlPlane" || workload.role === "ztunnel") continue;
      const { cluster, namespace, name } = workload;
      if (outside.has(joinKey(cluster, namespace))) continue;
      if (draft.carriers.has(formatNodeId({ kind: "workload", cluster, namespace, workload: name }))) continue;
      markIdle(placeWorkload(draft, workload, options.graphType));
    }
  }
  if (options.graphType === "service" || options.serviceNodes) {
    for (const service of mesh.services) {
      const { cluster, namespace, name, hosts } = service;
      if (isMeshsOwn(service, lookup) || outside.has(joinKey(cluster, namespace))) continue;
      const isEntry = service.kind === "ServiceEntry";
      for (const host of isEntry ? hosts : hosts.slice(0, 1))
        markIdle(placeService(draft, { cluster, namespace, name: isEntry ? host : name, host }, service, lookup));
    }
  }
}

const OWN_ROLES: ReadonlySet<string> = new Set(["controlPlane", "ztunnel", "waypoint"]);

function isMeshsOwn({ cluster, namespace, workloads }: ServiceNode, lookup: MeshLookup): boolean {
  const roles = workloads.map((name) => lookup.workload(cluster, namespace, name)?.role ?? "workload");
  return roles.length > 0 && roles.every((role) => OWN_ROLES.has(role));
}
