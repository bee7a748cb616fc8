/** Whether two states of an object are configured alike, whatever its status, resourceVersion and bookkeeping say. */
import { isBookkeepingAnnotation } from "./bookkeeping.ts";
import type { MeshObject } from "./meshObject.ts";
import { optionalShape } from "./shape.ts";

/**
 * By generation where both have one, since it also counts changes of what is not kept (an image, an environment
 * variable); by all that is kept otherwise. Labels and annotations raise no generation and are compared in any case.
 */
export function sameContent(left: MeshObject, right: MeshObject): boolean {
  const { generation: before } = left.metadata;
  const { generation: after } = right.metadata;
  const sameMeta =
    left.metadata.uid === right.metadata.uid &&
    equal(left.metadata.labels, right.metadata.labels) &&
    equal(notes(left), notes(right));
  if (!sameMeta) return false;
  return before !== undefined && after !== undefined ? before === after : equal(body(left), body(right));
}

function body({ apiVersion: _apiVersion, metadata: _metadata, status: _status, ...rest }: MeshObject): unknown {
  return rest;
}

function notes({ metadata }: MeshObject): unknown {
  return Object.fromEntries(Object.entries(metadata.annotations).filter(([key]) => !isBookkeepingAnnotation(key)));
}

/** Deep equality of JSON values, whatever the order of keys. */
function equal(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (Array.isArray(left))
    return (
      Array.isArray(right) && left.length === right.length && left.every((item, place) => equal(item, right[place]))
    );
  const one = optionalShape(left);
  const other = optionalShape(right);
  if (one === undefined || other === undefined) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => key in other && equal(one[key], other[key]));
}
