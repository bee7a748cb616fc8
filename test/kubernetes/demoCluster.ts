/** The demo's objects behind a fake API server, and the kubeconfig that leads to it. */
import { kindKey } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import type { ClusterSource } from "#lib/ports.ts";
import type { WireObject } from "./objectStore.ts";
import { toWire } from "./wireObjects.ts";

/** Every object of a cluster in the form the API server sends. */
export function* clusterObjects(cluster: ClusterSource): Generator<WireObject> {
  const { index } = cluster.snapshot();
  for (const kind of MESH_KINDS) for (const object of index.list(kindKey(kind))) yield toWire(object);
}

/** A kubeconfig (JSON is YAML) with one context; with a bearer token, or no credentials at all. */
export function kubeconfigFor(server: string, token?: string): string {
  const name = "test";
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: token === undefined ? {} : { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
  });
}
