/**
 * What configuration knows of the things on the map: the second half of a reading, beside the EdgeTable.
 * Small enough to travel with every reading; built by buildMeshNodes.ts, read by the graph steps in the browser.
 */

import type { Labels } from "./labels.ts";

/** How a workload takes part in the mesh. "none": no proxy and not ambient, so it reports no telemetry. */
export type DataPlaneMode = "sidecar" | "ambient" | "proxy" | "none";

export type NamespaceNode = {
  readonly cluster: string;
  readonly name: string;
  /** What new pods get: sidecar injection, ambient redirection, or nothing. */
  readonly mode: "sidecar" | "ambient" | "none";
  readonly revision?: string;
  /** No discovery selector of istiod's takes it: what is in it is no part of the mesh. */
  readonly undiscovered?: true;
  /** What the viewer may not list in it: of that nothing can be said to be missing. */
  readonly unlisted?: readonly ("workloads" | "services")[];
};

export type WorkloadNode = {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  /** Deployment, StatefulSet, DaemonSet, Job, Pod… */
  readonly kind: string;
  /** Canonical service and revision, as Istio derives them from labels. */
  readonly app: string;
  readonly version: string;
  readonly desiredReplicas: number;
  readonly availableReplicas: number;
  /** Pods there are, ready or not; absent where the controller does not say. */
  readonly currentReplicas?: number;
  /** Its ready pods' proxies, and those that acknowledged all istiod sent; absent where istiod could not be asked. */
  readonly proxies?: { readonly synced: number; readonly total: number };
  /** The text of an annotation that sets its tolerances (health/annotation.ts). */
  readonly healthRate?: string;
  readonly mode: DataPlaneMode;
  readonly role: "workload" | "ingressGateway" | "egressGateway" | "waypoint" | "ztunnel" | "controlPlane";
  /** Hosts a gateway serves, from Gateway and HTTPRoute objects that select it. */
  readonly gatewayHosts: readonly string[];
  /** Labels of its pods; they travel only where a view asks for them. */
  readonly labels?: Labels;
};

/** What routing configuration does to a service. */
export type ServiceFlag =
  | "hasVirtualService"
  | "hasDestinationRule"
  | "hasHttpRoute"
  | "hasTrafficSplit"
  | "hasFaultInjection"
  | "hasMirroring"
  | "hasRequestTimeout"
  | "hasCircuitBreaker";

export type ServiceNode = {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly kind: "Service" | "ServiceEntry";
  /** FQDN of a Service, or the hosts of a ServiceEntry. */
  readonly hosts: readonly string[];
  readonly location?: "external" | "internal";
  /** Only for a ServiceEntry: the namespaces that may use it ("." is its own). Absent: all. */
  readonly exportTo?: readonly string[];
  /** Names of the workloads (same namespace) whose pods the selector matches. */
  readonly workloads: readonly string[];
  /** Its own labels; they travel only where a view asks for them. */
  readonly labels?: Labels;
  readonly flags: readonly ServiceFlag[];
  /** The text of an annotation that sets its tolerances (health/annotation.ts). */
  readonly healthRate?: string;
};

export type MeshNodes = {
  readonly namespaces: readonly NamespaceNode[];
  readonly workloads: readonly WorkloadNode[];
  readonly services: readonly ServiceNode[];
};

/** The same without labels, which are as much text as everything else together. */
export function withoutLabels(mesh: MeshNodes): MeshNodes {
  return {
    ...mesh,
    workloads: mesh.workloads.map(({ labels: _labels, ...node }) => node),
    services: mesh.services.map(({ labels: _labels, ...node }) => node),
  };
}
