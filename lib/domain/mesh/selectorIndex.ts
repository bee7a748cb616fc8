/**
 * Who selects whom by labels. A selector is kept under the first pair it asks for, a pod under every pair it carries:
 *
 *   Service reviews {app: reviews, version: v1}   under  bookinfo · app=reviews
 *   pod {app: reviews, version: v1}               under  bookinfo · app=reviews,  bookinfo · version=v1
 *
 * so a look-up walks the pairs of one pod, or the pods of one selector's rarest pair, and never all of either.
 */
import { isEmptySelector, type LabelSelector, readLabelSelector, selects } from "./labelSelector.ts";
import type { Labels } from "./labels.ts";
import { groupOf, type MeshObject } from "./meshObject.ts";
import { ObjectsBy } from "./objectsBy.ts";
import { type Shape, shape, shapes, textMap } from "./shape.ts";

/**
 * Where an object's selector looks for pods:
 *   namespace   in its own namespace
 *   root        there, and in every namespace where it lives in the root namespace
 *   defaults    as root, but only without a selector
 *   everywhere  in every namespace
 */
type Reach = "namespace" | "root" | "defaults" | "everywhere";

type Selecting = {
  readonly reach: Reach;
  /** What no selector means: every pod within reach, or none. */
  readonly empty: "all" | "none";
  readonly read: (spec: Shape) => LabelSelector;
};

const pairs = (field: string, inner?: string) => (spec: Shape) => ({
  matchLabels: textMap(inner === undefined ? spec[field] : shape(spec[field])[inner]),
  matchExpressions: [],
});
const policy: Selecting = { reach: "root", empty: "all", read: pairs("selector", "matchLabels") };
const workloads: Selecting = { reach: "namespace", empty: "none", read: pairs("workloadSelector", "labels") };

/** @see https://istio.io/latest/docs/reference/config/type/workload-selector/ and the pages of each kind */
const SELECTING: Readonly<Record<string, Selecting>> = {
  "/Service": { reach: "namespace", empty: "none", read: pairs("selector") },
  "networking.istio.io/ServiceEntry": workloads,
  "networking.istio.io/DestinationRule": { ...workloads, read: pairs("workloadSelector", "matchLabels") },
  "networking.istio.io/Sidecar": { ...workloads, reach: "defaults", empty: "all" },
  "networking.istio.io/EnvoyFilter": { ...workloads, reach: "root", empty: "all" },
  "networking.istio.io/ProxyConfig": { ...policy, reach: "defaults" },
  "networking.istio.io/Gateway": { reach: "everywhere", empty: "all", read: pairs("selector") },
  "security.istio.io/PeerAuthentication": { ...policy, reach: "defaults" },
  "security.istio.io/RequestAuthentication": policy,
  "security.istio.io/AuthorizationPolicy": policy,
  "telemetry.istio.io/Telemetry": policy,
  "extensions.istio.io/WasmPlugin": policy,
  "extensions.istio.io/TrafficExtension": policy,
  "policy.linkerd.io/Server": {
    reach: "namespace",
    empty: "all",
    read: ({ podSelector }) => readLabelSelector(podSelector),
  },
};

const EVERYWHERE = "*";

export class SelectorIndex {
  readonly #selectors = new ObjectsBy();
  readonly #pods = new ObjectsBy();

  add(object: MeshObject): void {
    if (isPod(object)) for (const key of podKeys(object)) this.#pods.add(key, object);
    const key = selectorKey(object);
    if (key !== undefined) this.#selectors.add(key, object);
  }

  delete(object: MeshObject): void {
    if (isPod(object)) for (const key of podKeys(object)) this.#pods.delete(key, object);
    const key = selectorKey(object);
    if (key !== undefined) this.#selectors.delete(key, object);
  }

  /** Objects that select pods of a namespace with these labels, by selector or by having none; each once. */
  selecting(namespace: string, labels: Labels, rootNamespace: string): MeshObject[] {
    const found: MeshObject[] = [];
    for (const scope of new Set([namespace, rootNamespace, EVERYWHERE])) {
      for (const key of [scope, ...Object.entries(labels).map(([label, value]) => pairKey(scope, label, value))]) {
        for (const object of this.#selectors.get(key))
          if (scope === EVERYWHERE || reaches(object, namespace)) if (selectsLabels(object, labels)) found.push(object);
      }
    }
    return found;
  }

  /** Pods of a namespace that a selector matches. An empty one matches all of them: callers decide what it means. */
  selectedPods(namespace: string, selector: LabelSelector): MeshObject[] {
    let rarest = namespace;
    for (const [label, value] of Object.entries(selector.matchLabels)) {
      const key = pairKey(namespace, label, value);
      if (this.#pods.count(key) < this.#pods.count(rarest)) rarest = key;
    }
    return [...this.#pods.get(rarest)].filter(({ metadata }) => selects(selector, metadata.labels));
  }
}

/** What an object selects pods by; undefined where it selects none, as policies do that name their targets. */
export function selectorOf(
  object: MeshObject,
): { readonly selector: LabelSelector; readonly reach: Reach } | undefined {
  const selecting = SELECTING[`${groupOf(object.apiVersion)}/${object.kind}`];
  if (selecting === undefined) return undefined;
  const spec = shape(object.spec);
  const selector = selecting.read(spec);
  const isTargeted = spec["targetRef"] !== undefined || shapes(spec["targetRefs"]).length > 0;
  if (isEmptySelector(selector) && (selecting.empty === "none" || isTargeted)) return undefined;
  return { selector, reach: selecting.reach };
}

function reaches(object: MeshObject, namespace: string): boolean {
  if (object.metadata.namespace === namespace) return true;
  const own = selectorOf(object);
  return own?.reach === "root" || (own?.reach === "defaults" && isEmptySelector(own.selector));
}

function selectsLabels(object: MeshObject, labels: Labels): boolean {
  const own = selectorOf(object);
  return own !== undefined && selects(own.selector, labels);
}

function selectorKey(object: MeshObject): string | undefined {
  const own = selectorOf(object);
  if (own === undefined) return undefined;
  const scope = own.reach === "everywhere" ? EVERYWHERE : object.metadata.namespace;
  const [pair] = Object.entries(own.selector.matchLabels);
  return pair === undefined ? scope : pairKey(scope, ...pair);
}

function isPod({ apiVersion, kind }: MeshObject): boolean {
  return kind === "Pod" && apiVersion === "v1";
}

function podKeys({ metadata: { namespace, labels } }: MeshObject): string[] {
  return [namespace, ...Object.entries(labels).map(([label, value]) => pairKey(namespace, label, value))];
}

/** Neither namespaces nor labels hold a space. */
function pairKey(scope: string, label: string, value: string): string {
  return `${scope} ${label}=${value}`;
}
