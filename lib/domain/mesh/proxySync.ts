/** Which proxies run on the configuration istiod last sent them, and what that says of a workload. */
import { podMode } from "./dataPlaneMode.ts";
import type { MeshObject } from "./meshObject.ts";
import { shape, shapes } from "./shape.ts";

/** By "namespace/pod": whether the proxy has acknowledged all it was sent. A pod that is not there is not connected. */
export type ProxySync = ReadonlyMap<string, boolean>;

export function proxyKey(namespace: string, pod: string): string {
  return `${namespace}/${pod}`;
}

/**
 * Proxies of a workload's ready pods, and those of them that are in step; undefined where it has none. A pod that is not
 * ready is a matter of replicas.
 */
export function countProxies(
  pods: readonly MeshObject[],
  sync: ProxySync,
): { readonly synced: number; readonly total: number } | undefined {
  const proxied = pods.filter(({ metadata, spec, status }) => {
    const mode = podMode({ labels: metadata.labels, annotations: metadata.annotations, spec: shape(spec) });
    const isReady = shapes(shape(status)["conditions"]).some(
      ({ type, status: is }) => type === "Ready" && is === "True",
    );
    return isReady && (mode === "sidecar" || mode === "proxy");
  });
  if (proxied.length === 0) return undefined;
  const synced = proxied.filter(({ metadata }) => sync.get(proxyKey(metadata.namespace, metadata.name)) === true);
  return { synced: synced.length, total: proxied.length };
}
