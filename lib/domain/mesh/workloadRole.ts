/** What a workload does for the mesh itself, told by the labels Istio's charts and gateway controller put on it. */

import { readGateway, readK8sGateway } from "./gateway.ts";
import { hostsOverlap } from "./hosts.ts";
import { readHttpRoute } from "./httpRoute.ts";
import { type Labels, matchesLabels } from "./labels.ts";
import type { MeshView } from "./meshIndex.ts";
import type { DataPlaneMode, WorkloadNode } from "./meshNodes.ts";

export type Role = WorkloadNode["role"];

const GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

/** The role of pods with these labels; `mode` "proxy" means that they hold nothing but a proxy. */
export function workloadRole(labels: Labels, mode: DataPlaneMode): Role {
  if (labels["app"] === "ztunnel") return "ztunnel";
  if (labels["app"] === "istiod" || labels["istio"] === "pilot") return "controlPlane";
  if (labels["gateway.istio.io/managed"] === "istio.io-mesh-controller") return "waypoint";
  if (labels[GATEWAY_NAME] !== undefined) return "ingressGateway";
  const name = labels["istio"] ?? labels["operator.istio.io/component"] ?? labels["app"] ?? "";
  if (/^egress-?gateways?$|-egressgateway$/i.test(name)) return "egressGateway";
  if (/^ingress-?gateways?$|-ingressgateway$/i.test(name)) return "ingressGateway";
  if (mode !== "proxy") return "workload";
  return /egress/i.test(name) ? "egressGateway" : "ingressGateway";
}

/**
 * Hosts served by a gateway's pods: from Istio Gateways of any namespace whose selector matches them, and from the
 * Gateway API object they were made for with its routes. Sorted, without "namespace/" prefixes.
 */
export function collectGatewayHosts(index: MeshView): (namespace: string, labels: Labels) => string[] {
  const gateways = index.list("networking.istio.io/Gateway").map(readGateway);
  const k8sGateways = index.list("gateway.networking.k8s.io/Gateway").map(readK8sGateway);
  const routes = (["HTTPRoute", "GRPCRoute"] as const)
    .flatMap((kind) => index.list(`gateway.networking.k8s.io/${kind}`))
    .map(readHttpRoute);
  return (namespace, labels) => {
    const hosts = new Set<string>();
    for (const { selector, servers } of gateways) {
      if (!matchesLabels(selector, labels)) continue;
      for (const host of servers.flatMap((server) => server.hosts)) hosts.add(host.slice(host.indexOf("/") + 1));
    }
    const made = k8sGateways.find(
      (gateway) => gateway.namespace === namespace && gateway.name === labels[GATEWAY_NAME],
    );
    if (made === undefined) return [...hosts].sort();
    const attached = routes.filter((route) =>
      route.parentRefs.some(
        (parent) => parent.kind === "Gateway" && parent.namespace === namespace && parent.name === made.name,
      ),
    );
    for (const { hostname } of made.listeners) {
      const narrowed = attached
        .flatMap((route) => route.hostnames)
        .filter((host) => hostname === undefined || hostsOverlap(hostname, host));
      // A route narrows a listener's wildcard; without one the listener's own name is all there is to say.
      for (const host of narrowed.length > 0 ? narrowed : [hostname ?? "*"]) hosts.add(host);
    }
    return [...hosts].sort();
  };
}
