/** Nodes on which telemetry and configuration do not say the same: dead, idle, out of the mesh, inaccessible. */
import type { WorkloadNode } from "#lib/domain/mesh/meshNodes.ts";
import type { GraphNode } from "../graph.ts";
import { isolate } from "../isolate.ts";
import type { Explanation, Scene } from "./explanation.ts";
import { counterparties, listOf, nameOf, rateOf, reportersOf, some } from "./words.ts";

export function explainDead(node: GraphNode, scene: Scene): Explanation {
  const { cluster, namespace } = node;
  const edges = [...scene.into(node.id), ...scene.outOf(node.id)];
  const isService = node.type === "service";
  const siblings = node.app === undefined ? [] : scene.lookup.app(cluster, namespace, node.app).map(({ name }) => name);
  const known = (isService ? scene.mesh.services : scene.mesh.workloads).filter(
    (one) => one.cluster === cluster && one.namespace === namespace,
  ).length;
  return {
    kind: "dead",
    summary: `${nameOf(node)} had traffic in the window and is not in the cluster's configuration any more.`,
    evidence: some(
      { label: "Traffic", value: rateOf(edges) },
      { label: "Reported by", value: reportersOf(edges) },
      {
        label: "Configuration",
        value: `${known} ${isService ? "services" : "workloads"} are known in ${isolate(namespace)} of ${isolate(cluster)}; none is called ${isolate(node.label)}`,
      },
      siblings.length > 0 && { label: "Of the same app", value: listOf(siblings) },
    ),
    causes: some(
      siblings.length > 0 && `A rollout replaced it during the window: ${listOf(siblings)} is there now.`,
      `It was deleted or renamed during the window.`,
      "Its telemetry names it differently from the cluster: a cluster name or workload name set by hand.",
    ),
    remedies: [
      "Choose a shorter window: when it is gone, it leaves the map.",
      `If its callers still need it, restore it: ${counterparties(scene.into(node.id), "source", scene.node) || "nobody calls it"}.`,
    ],
  };
}

export function explainIdle(node: GraphNode, scene: Scene): Explanation {
  const workloads = workloadsOf(node, scene);
  const service = scene.lookup.named(node.cluster, node.namespace, node.service ?? "");
  const isScaledToZero = node.replicas?.desired === 0;
  const isUnseen = workloads.length > 0 && workloads.every(({ mode }) => mode === "none");
  const isEntry = service?.kind === "ServiceEntry";
  const selected =
    service?.workloads.map((name) => scene.lookup.workload(node.cluster, node.namespace, name)?.role) ?? [];
  const areGateways = selected.length > 0 && selected.every((role) => role === "ingressGateway");
  return {
    kind: "idle",
    summary: `${nameOf(node)} is configured, and no proxy saw a call to or from it in the window.`,
    evidence: some(
      node.replicas && { label: "Replicas", value: `${node.replicas.available} of ${node.replicas.desired} ready` },
      node.mode && { label: "Proxy", value: node.mode },
      service?.kind === "Service" && { label: "Workloads selected", value: listOf(service.workloads) || "none" },
      service?.kind === "ServiceEntry" && { label: "Hosts", value: listOf(service.hosts) },
    ),
    causes: some(
      isScaledToZero && "It is scaled to zero.",
      isUnseen && "It runs no proxy: calls between it and others without one are not seen.",
      service !== undefined &&
        service.workloads.length === 0 &&
        service.kind === "Service" &&
        "Its selector matches no workload.",
      workloads.length > 0 &&
        workloads.every(({ kind }) => kind === "CronJob" || kind === "Job") &&
        "It is a job between two runs.",
      "Nobody called it in the window.",
      areGateways && "Its callers are outside the mesh, and gateways report only what they send on.",
      !isEntry && !isUnseen && "Prometheus does not scrape its proxies.",
    ),
    remedies: some(
      "Choose a longer window to see when it was last called.",
      isScaledToZero && "Scale it up if it is meant to serve.",
      !isUnseen && !areGateways && "If it stays without calls, it may be removed.",
    ),
  };
}

export function explainOutOfMesh(node: GraphNode, scene: Scene): Explanation {
  const edges = scene.into(node.id);
  const namespace = scene.mesh.namespaces.find(
    ({ cluster, name }) => cluster === node.cluster && name === node.namespace,
  );
  const isWanted = namespace !== undefined && namespace.mode !== "none";
  return {
    kind: "outOfMesh",
    summary: `The pods of ${nameOf(node)} run no proxy: what it calls is not seen, and its connections are plain text.`,
    evidence: some(
      { label: "Pods", value: "no sidecar, not ambient" },
      namespace && { label: `Namespace ${isolate(node.namespace)}`, value: NAMESPACE_WORDS[namespace.mode] },
      { label: "Calls seen", value: edges.length === 0 ? "none" : `${rateOf(edges)}, by ${reportersOf(edges)}` },
    ),
    causes: isWanted
      ? [
          "Its pods started before the namespace joined the mesh.",
          "Its pods opt out by label (sidecar.istio.io/inject=false or istio.io/dataplane-mode=none), or use the host's network.",
          "The injection webhook or the CNI agent was not there when they started.",
        ]
      : ["Its namespace is not part of the mesh."],
    remedies: isWanted
      ? [`Restart its pods; if they still have no proxy, look at the labels of the pod template.`]
      : [
          `Label namespace ${node.namespace} istio-injection=enabled or istio.io/dataplane-mode=ambient, and restart its pods.`,
        ],
  };
}

const NAMESPACE_WORDS = {
  sidecar: "new pods get a sidecar",
  ambient: "new pods are ambient",
  none: "new pods get no proxy",
} as const;

export function explainInaccessible(node: GraphNode, scene: Scene): Explanation {
  const edges = [...scene.into(node.id), ...scene.outOf(node.id)];
  const readable = scene.mesh.namespaces.filter(({ cluster }) => cluster === node.cluster).length;
  return {
    kind: "inaccessible",
    summary: `Telemetry names ${nameOf(node)}, but nothing of its namespace can be read.`,
    evidence: [
      { label: "Traffic", value: rateOf(edges) },
      {
        label: "Configuration",
        value: `${readable} namespaces of ${node.cluster} can be read; ${node.namespace} is not one of them`,
      },
    ],
    causes: [
      `The account Meshscope reads cluster ${node.cluster} with may not read namespace ${node.namespace}.`,
      `Namespace ${node.namespace} was deleted during the window.`,
    ],
    remedies: [`Allow get, list and watch in namespace ${node.namespace}, or accept that only its traffic is shown.`],
  };
}

function workloadsOf(node: GraphNode, { lookup }: Scene): readonly WorkloadNode[] {
  const { cluster, namespace, workload, app, version } = node;
  if (workload !== undefined) return some(lookup.workload(cluster, namespace, workload));
  return app === undefined ? [] : lookup.app(cluster, namespace, app, version);
}
