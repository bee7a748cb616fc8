/** Objects as the API server sends them, for the fake one to hold. */
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import { meshObject } from "#test/builders/meshObjects.ts";
import type { WireObject } from "./objectStore.ts";

/** A decoded object in wire form: cluster-scoped ones without a namespace. */
export function toWire(object: MeshObject): WireObject {
  const { namespace, name, labels, annotations, ownerReferences } = object.metadata;
  return {
    ...object,
    metadata: {
      name,
      ...(namespace !== "" && { namespace }),
      labels,
      annotations,
      ...(ownerReferences && { ownerReferences }),
    },
  };
}

/** A small mesh: a namespace with one service, its workload and pod, and a route. */
export function smallMesh(namespace = "bookinfo"): WireObject[] {
  const labels = { app: "reviews", version: "v1" };
  const containers = [{ name: "reviews" }, { name: "istio-proxy" }];
  return [
    meshObject("v1/Namespace", namespace, { labels: { "istio-injection": "enabled" } }),
    meshObject("v1/Service", `${namespace}/reviews`, {
      spec: { selector: { app: "reviews" }, ports: [{ name: "http", port: 9080 }] },
    }),
    meshObject("apps/v1/Deployment", `${namespace}/reviews-v1`, {
      spec: { replicas: 1, template: { metadata: { labels }, spec: { containers } } },
      status: { availableReplicas: 1 },
    }),
    meshObject("apps/v1/ReplicaSet", `${namespace}/reviews-v1-5d`, {
      owner: { kind: "Deployment", name: "reviews-v1" },
    }),
    meshObject("v1/Pod", `${namespace}/reviews-v1-5d-x`, {
      labels,
      owner: { kind: "ReplicaSet", name: "reviews-v1-5d" },
      spec: { containers },
      status: { phase: "Running" },
    }),
    meshObject("networking.istio.io/v1/VirtualService", `${namespace}/reviews`, {
      spec: { hosts: ["reviews"], http: [{ route: [{ destination: { host: "reviews" } }] }] },
    }),
  ].map(toWire);
}
