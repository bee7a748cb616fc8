/**
 * The edge where Kubernetes objects come in: from `unknown` (a list, a watch event, a YAML document) to MeshObject.
 * What the API server itself would refuse is refused here, in words; everything else is kept and trimmed.
 */
import { isBookkeepingAnnotation } from "./bookkeeping.ts";
import type { MeshObject, ObjectMeta } from "./meshObject.ts";
import { finite, optionalShape, type Shape, shape, shapes, text } from "./shape.ts";
import { trimMeshObject } from "./trimMeshObject.ts";

export type Decoded =
  | { readonly object: MeshObject; readonly problem?: never }
  | { readonly problem: string; readonly object?: never };

/** kubectl keeps the whole previous object here: as large as the object itself. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** Decodes and trims one object, or says what is wrong with it in a sentence for a person. */
export function decodeMeshObject(value: unknown): Decoded {
  const fields = optionalShape(value);
  if (fields === undefined) return { problem: `an object was expected, not ${describe(value)}` };
  const { apiVersion, kind, metadata, ...rest } = fields;
  const missing = Object.entries({ apiVersion, kind }).flatMap(([name, field]) => (text(field) ? [] : [name]));
  if (missing.length === 2) return { problem: "no apiVersion and no kind: this is a fragment, not a whole object" };
  if (typeof apiVersion !== "string" || typeof kind !== "string" || missing.length > 0)
    return { problem: `no ${missing.join(" and no ")}, or not a string` };
  const meta = decodeMeta(metadata);
  if ("problem" in meta) return meta;
  return { object: trimMeshObject({ ...rest, apiVersion, kind, metadata: meta }) };
}

function decodeMeta(value: unknown): ObjectMeta | { problem: string } {
  const meta = optionalShape(value);
  if (meta === undefined) return { problem: "no metadata" };
  const name = text(meta["name"]);
  if (name === undefined) return { problem: "no metadata.name" };
  const namespace = meta["namespace"] ?? "";
  if (typeof namespace !== "string") return { problem: `metadata.namespace is ${describe(namespace)}, not a string` };
  const labels = decodeStrings("labels", meta["labels"]);
  if ("problem" in labels) return labels;
  const annotations = decodeStrings("annotations", meta["annotations"]);
  if ("problem" in annotations) return annotations;
  const owners = shapes(meta["ownerReferences"]).flatMap(decodeOwner);
  const changes = shapes(meta["managedFields"]).flatMap(decodeChange);
  const generation = finite(meta["generation"]);
  return {
    name,
    namespace,
    ...optionalText("uid", meta["uid"]),
    ...optionalText("resourceVersion", meta["resourceVersion"]),
    ...optionalText("creationTimestamp", meta["creationTimestamp"]),
    ...(generation !== undefined && { generation }),
    labels: labels.strings,
    annotations: annotations.strings,
    ...(owners.length > 0 && { ownerReferences: owners }),
    ...(changes.length > 0 && { changes }),
  };
}

/** Kubernetes takes null as "" and refuses every other value that is not a string. */
function decodeStrings(field: string, value: unknown): { strings: Record<string, string> } | { problem: string } {
  if (value === undefined || value === null) return { strings: {} };
  const map = optionalShape(value);
  if (map === undefined) return { problem: `metadata.${field} is ${describe(value)}, not a mapping` };
  const entries: [string, string][] = [];
  for (const [key, entry] of Object.entries(map)) {
    if (key === LAST_APPLIED) continue;
    if (entry !== null && typeof entry !== "string")
      return { problem: `metadata.${field}["${key}"] is ${describe(entry)}, not a string: put it in quotes` };
    entries.push([key, entry ?? ""]);
  }
  return { strings: Object.fromEntries(entries) };
}

function decodeOwner(owner: Shape): { kind: string; name: string }[] {
  const kind = text(owner["kind"]);
  const name = text(owner["name"]);
  return kind === undefined || name === undefined ? [] : [{ kind, name }];
}

function decodeChange(entry: Shape): { manager: string; time: string }[] {
  const time = text(entry["time"]);
  if (time === undefined || entry["subresource"] === "status" || isBookkeeping(entry["fieldsV1"])) return [];
  return [{ manager: text(entry["manager"]) ?? "unknown", time }];
}

/** Whether only status or annotations of controllers' own are managed. @see fieldsV1 of structured-merge-diff */
function isBookkeeping(fields: unknown): boolean {
  const parts = Object.entries(shape(fields));
  return (
    parts.length > 0 && parts.every(([field, inner]) => field === "f:status" || isBookkeepingMetadata(field, inner))
  );
}

function isBookkeepingMetadata(field: string, metadata: unknown): boolean {
  const { "f:annotations": annotations, ...others } = shape(metadata);
  if (field !== "f:metadata" || Object.keys(others).length > 0) return false;
  const keys = Object.keys(shape(annotations)).filter((key) => key !== ".");
  return keys.length > 0 && keys.every((key) => isBookkeepingAnnotation(key.slice("f:".length)));
}

function optionalText<K extends string>(key: K, value: unknown): { [P in K]?: string } {
  const string = text(value);
  return (string === undefined ? {} : { [key]: string }) as { [P in K]?: string };
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : `the ${typeof value} ${JSON.stringify(value)}`;
}
