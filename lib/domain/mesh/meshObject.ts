/**
 * A Kubernetes object as we keep it: the wire shape, decoded at the edge, ballast trimmed.
 * Kind-specific readers (virtualService.ts, service.ts, …) give typed views of `spec` on demand.
 */
export type ObjectMeta = {
  readonly name: string;
  /** "" for cluster-scoped objects. */
  readonly namespace: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  /** Rises with each change of the spec, where the kind has one. */
  readonly generation?: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string }[];
  /** Who changed the object, and when last: all that is kept of managedFields. What only touched status is left out. */
  readonly changes?: readonly { readonly manager: string; readonly time: string }[];
};

export type MeshObject = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly spec?: unknown;
  readonly status?: unknown;
  /** Kind-specific top-level fields: `endpoints`, `ports`, `data`, `webhooks`… */
  readonly [field: string]: unknown;
};

/** Names one object: group without version, since objects are the same in every served version. */
export type ObjectRef = {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
};

/** "networking.istio.io/v1" → "networking.istio.io"; "v1" (the core group) → "". */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}

export function refOf(object: MeshObject): ObjectRef {
  return {
    group: groupOf(object.apiVersion),
    kind: object.kind,
    namespace: object.metadata.namespace,
    name: object.metadata.name,
  };
}
