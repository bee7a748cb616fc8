/**
 * What configuration adds to the nodes telemetry found.
 *
 * - Gateways and waypoints get their type and hosts; app nodes the sum of their workloads' replicas.
 * - outOfMesh: its pods run no proxy, so what it sends is not seen. ambient: ztunnel carries its traffic.
 * - dead: telemetry names it, its namespace is watched, and no workload or Service by that name is there any more.
 * - Services carry what routing does to them (VirtualService, faults, mirrors …).
 */

import type { Replicas } from "#lib/domain/health/judgePods.ts";
import type { Labels } from "#lib/domain/mesh/labels.ts";
import type { WorkloadNode } from "#lib/domain/mesh/meshNodes.ts";
import type { GraphDraft, NodeDraft } from "../draft.ts";
import type { MeshLookup } from "../meshLookup.ts";

export function describeNodes(draft: GraphDraft, lookup: MeshLookup): void {
  for (const node of draft.nodes.values()) {
    if (node.type === "workload" || node.type === "app") describeWorkload(node, lookup);
    else if (node.type === "service" || node.type === "serviceEntry") describeService(node, lookup);
  }
}

function describeWorkload(node: NodeDraft, lookup: MeshLookup): void {
  const members = workloadsOf(node, lookup);
  const first = members[0];
  if (first === undefined) {
    if (lookup.knowsWorkloads(node.cluster, node.namespace)) node.flags.add("dead");
    return;
  }
  if (!members.every(isResting)) node.replicas = sumReplicas(members);
  const synced = members.flatMap(({ proxies }) => proxies ?? []);
  if (synced.length > 0) node.proxies = { synced: sum(synced, "synced"), total: sum(synced, "total") };
  // Of several workloads of an app the first that is annotated speaks for it.
  const healthRate = members.find((member) => member.healthRate !== undefined)?.healthRate;
  if (healthRate !== undefined) node.healthRate = healthRate;
  node.mode = first.mode;
  if (members.every(({ mode }) => mode === "none")) node.flags.add("outOfMesh");
  if (members.every(({ mode }) => mode === "ambient")) node.flags.add("ambient");
  for (const host of members.flatMap(({ gatewayHosts }) => gatewayHosts)) node.hosts.add(host);
  if (members.some(({ kind }) => kind === "WorkloadGroup" || kind === "WorkloadEntry")) node.flags.add("workloadEntry");
  addLabels(node, members);
  if (first.role === "ingressGateway" || first.role === "egressGateway") node.type = "gateway";
  if (first.role === "waypoint") node.type = "waypoint";
}

const MAY_HAVE_NONE: ReadonlySet<string> = new Set(["CronJob", "Job", "WorkloadGroup"]);

/** Between two runs a job wants no pods, and machines may join without being registered: that is not "scaled to zero". */
function isResting({ kind, desiredReplicas }: WorkloadNode): boolean {
  return desiredReplicas === 0 && MAY_HAVE_NONE.has(kind);
}

function sumReplicas(workloads: readonly WorkloadNode[]): Replicas {
  const current = workloads.flatMap(({ currentReplicas }) => currentReplicas ?? []);
  return {
    desired: sum(workloads, "desiredReplicas"),
    available: sum(workloads, "availableReplicas"),
    ...(current.length === workloads.length && { current: current.reduce((total, count) => total + count, 0) }),
  };
}

function sum<Field extends string>(items: readonly Readonly<Record<Field, number>>[], field: Field): number {
  return items.reduce((total, item) => total + item[field], 0);
}

function workloadsOf(node: NodeDraft, lookup: MeshLookup): readonly WorkloadNode[] {
  if (node.workload !== undefined) {
    const workload = lookup.workload(node.cluster, node.namespace, node.workload);
    return workload === undefined ? [] : [workload];
  }
  return node.app === undefined ? [] : lookup.app(node.cluster, node.namespace, node.app, node.version);
}

function describeService(node: NodeDraft, lookup: MeshLookup): void {
  const service = lookup.named(node.cluster, node.namespace, node.service ?? "");
  if (service === undefined) {
    if (isServiceHost(node) && lookup.knowsServices(node.cluster, node.namespace)) node.flags.add("dead");
    return;
  }
  for (const host of service.hosts) node.hosts.add(host);
  for (const flag of service.flags) node.flags.add(flag);
  addLabels(node, [service]);
  if (service.healthRate !== undefined) node.healthRate = service.healthRate;
}

/** Each label with all its values: versions of an app differ in some. */
function addLabels(node: NodeDraft, members: readonly { readonly labels?: Labels }[]): void {
  for (const { labels } of members) {
    if (labels === undefined) continue;
    node.labels ??= new Map();
    for (const [key, value] of Object.entries(labels)) {
      const values = node.labels.get(key);
      if (values === undefined) node.labels.set(key, [value]);
      else if (!values.includes(value)) values.push(value);
    }
  }
}

/** Whether it was called by the name of a Service, as external hosts are not: "cart.shop.svc.cluster.local". */
function isServiceHost({ service = "", namespace, hosts }: NodeDraft): boolean {
  return [...hosts].some((host) => host.startsWith(`${service}.${namespace}.svc`));
}
