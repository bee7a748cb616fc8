/**
 * How pods take part in the mesh. Injection follows Istio's webhook selectors, which look at a pod only when it is
 * created.
 */
import type { Labels } from "./labels.ts";
import type { DataPlaneMode } from "./meshNodes.ts";
import { type Shape, shape, shapes, textMap } from "./shape.ts";

/** What the template of a pod says, or the pod itself. */
export type PodShape = { readonly labels: Labels; readonly annotations: Labels; readonly spec: Shape };

const NEVER_INJECTED: ReadonlySet<string> = new Set([
  "kube-system",
  "kube-public",
  "kube-node-lease",
  "local-path-storage",
]);

/** What new pods of a namespace get, and from which revision of the control plane. Sidecars win over ambient. */
export function namespaceMode(
  name: string,
  labels: Labels,
): { mode: "sidecar" | "ambient" | "none"; revision?: string } {
  const injection = labels["istio-injection"];
  const revision = labels["istio.io/rev"];
  if (!NEVER_INJECTED.has(name)) {
    if (injection === "enabled") return { mode: "sidecar", revision: "default" };
    if (revision !== undefined && injection === undefined && labels["istio.io/dataplane-mode"] !== "ambient")
      return { mode: "sidecar", revision };
  }
  const mode = labels["istio.io/dataplane-mode"] === "ambient" ? "ambient" : "none";
  return { mode, ...(mode === "ambient" && revision !== undefined && { revision }) };
}

/** The mode of a running pod, from what is in it. */
export function podMode(pod: PodShape): DataPlaneMode {
  if (hasProxy(pod.spec)) return isOnlyProxy(pod.spec) ? "proxy" : "sidecar";
  return pod.annotations["ambient.istio.io/redirection"] === "enabled" ? "ambient" : "none";
}

/** The mode a pod made from a template will have, given the labels of its namespace. */
export function templateMode(template: PodShape, namespace: string, namespaceLabels: Labels): DataPlaneMode {
  const present = podMode(template);
  if (present !== "none") return present;
  if (template.spec["hostNetwork"] === true) return "none";
  if (willInject(template, namespace, namespaceLabels)) return "sidecar";
  const wanted = template.labels["istio.io/dataplane-mode"] ?? namespaceLabels["istio.io/dataplane-mode"];
  return wanted === "ambient" ? "ambient" : "none";
}

function willInject({ labels, annotations }: PodShape, namespace: string, namespaceLabels: Labels): boolean {
  const asked = labels["sidecar.istio.io/inject"] ?? annotations["sidecar.istio.io/inject"];
  if (asked === "false" || NEVER_INJECTED.has(namespace) || namespaceLabels["istio-injection"] === "disabled")
    return false;
  if (namespaceMode(namespace, namespaceLabels).mode === "sidecar") return true;
  return asked === "true" || (labels["istio.io/rev"] !== undefined && namespaceLabels["istio.io/rev"] === undefined);
}

/** Native sidecars are init containers that keep running. */
function hasProxy(spec: Shape): boolean {
  return shapes(spec["containers"]).some(isProxy) || shapes(spec["initContainers"]).some(isProxy);
}

/** A pod with nothing but a proxy forwards the traffic of others: a gateway or a waypoint. */
function isOnlyProxy(spec: Shape): boolean {
  return shapes(spec["containers"]).every(isProxy);
}

function isProxy(container: Shape): boolean {
  return container["name"] === "istio-proxy";
}

/** Reads a pod template of a workload. */
export function readTemplate(value: unknown): PodShape {
  const template = shape(value);
  const metadata = shape(template["metadata"]);
  return {
    labels: textMap(metadata["labels"]),
    annotations: textMap(metadata["annotations"]),
    spec: shape(template["spec"]),
  };
}
