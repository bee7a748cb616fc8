/** One line of a watch, read without trusting it: the pure half of the reflector. */
import { decodeMeshObject } from "#lib/domain/mesh/decodeMeshObject.ts";
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import { finite, optionalShape, shape, text } from "#lib/domain/mesh/shape.ts";
import { KubeStatus } from "./kubeError.ts";

/** What is watched; objects are taken as of this kind whatever they say. */
export type WatchedType = { readonly apiVersion: string; readonly kind: string };

/** `resourceVersion` is where a watch resumes after this event. */
export type WatchEvent =
  | { readonly type: "put"; readonly object: MeshObject; readonly resourceVersion: string | undefined }
  | { readonly type: "remove"; readonly object: MeshObject; readonly resourceVersion: string | undefined }
  | { readonly type: "bookmark"; readonly resourceVersion: string | undefined }
  /** The server has forgotten where we were (410 Gone): list again. */
  | { readonly type: "expired" }
  | { readonly type: "failed"; readonly status: KubeStatus }
  | { readonly type: "malformed"; readonly problem: string; readonly resourceVersion?: string | undefined };

/** Reads `{"type":"ADDED","object":{…}}`; a line that cannot be read is an event too, so that it can be counted. */
export function readWatchLine(line: string, watched: WatchedType): WatchEvent {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return { type: "malformed", problem: `not JSON: ${line.slice(0, 80)}` };
  }
  const event = shape(parsed);
  const object = shape(event["object"]);
  if (event["type"] === "ERROR") return readError(object);
  const resourceVersion = text(shape(object["metadata"])["resourceVersion"]);
  switch (event["type"]) {
    case "BOOKMARK":
      return { type: "bookmark", resourceVersion };
    case "ADDED":
    case "MODIFIED":
    case "DELETED": {
      const decoded = decodeItem(event["object"], watched);
      if (decoded.object === undefined) return { type: "malformed", problem: decoded.problem, resourceVersion };
      return { type: event["type"] === "DELETED" ? "remove" : "put", object: decoded.object, resourceVersion };
    }
    default:
      return { type: "malformed", problem: `unknown watch event ${JSON.stringify(event["type"])}` };
  }
}

/** Decodes an item of a list, which carries no apiVersion and kind of its own. */
export function decodeItem(item: unknown, { apiVersion, kind }: WatchedType): ReturnType<typeof decodeMeshObject> {
  const fields = optionalShape(item);
  return decodeMeshObject(fields === undefined ? item : { ...fields, apiVersion, kind });
}

function readError(status: Readonly<Record<string, unknown>>): WatchEvent {
  const code = finite(status["code"]) ?? 500;
  const reason = text(status["reason"]) ?? "";
  if (code === 410 || reason === "Expired" || reason === "Gone") return { type: "expired" };
  return { type: "failed", status: new KubeStatus(code, reason, text(status["message"]) ?? "the watch failed") };
}

/** Splits a stream of UTF-8 into lines without their ends. A line longer than `limit` characters ends the stream by throwing. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, limit = 16 * 1024 * 1024): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    if (rest.length > limit) throw new RangeError(`a line of more than ${limit} characters`);
    for (const line of parts) if (line.trim() !== "") yield line;
  }
  if (rest.trim() !== "") yield rest;
}
