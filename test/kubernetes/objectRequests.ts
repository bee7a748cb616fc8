/**
 * Requests for one object, parsed and authorized already: get, create, update and delete as the real server answers them,
 * with dry runs, preconditions, strict decoding and admission.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { optionalShape, type Shape, shape, shapes, text, texts } from "#lib/domain/mesh/shape.ts";
import { type AdmissionReview, type AdmissionWebhook, admit } from "./admission.ts";
import { readText, sendJson, sendStatus } from "./answers.ts";
import type { ApiRequest } from "./apiRequest.ts";
import type { ObjectStore, WireObject } from "./objectStore.ts";

export type ObjectRequest = {
  readonly kind: MeshKind;
  /** verb get, create, update, patch, delete or deletecollection; `name` is absent for create. */
  readonly request: ApiRequest;
  /** Its body is not read yet. */
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly store: ObjectStore;
  readonly webhooks: readonly AdmissionWebhook[];
};

/** A refusal, answered as a Status. */
class Refusal extends Error {
  readonly code: number;
  readonly reason: string;
  readonly details: object | undefined;

  constructor(code: number, reason: string, message: string, details?: object) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }
}

/** Answers a request for an object. */
export async function answerObject(asked: ObjectRequest): Promise<void> {
  const { request, response } = asked;
  const act = ACTS[request.verb];
  if (act === undefined)
    return sendStatus(response, 405, "MethodNotAllowed", "the server does not allow this method on the resource");
  try {
    const body = request.verb === "get" ? {} : readBody(await readText(asked.incoming));
    act(asked, body);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    sendStatus(response, error.code, error.reason, error.message, error.details);
  }
}

const ACTS: Readonly<Record<string, (asked: ObjectRequest, body: Shape) => void>> = {
  get: (asked) => sendJson(asked.response, { ...existing(asked), apiVersion: apiVersionOf(asked.kind, asked.request) }),
  create,
  update,
  delete: remove,
};

function create(asked: ObjectRequest, body: Shape): void {
  const { kind, request, store, response } = asked;
  const object = decode(asked, body);
  const { name, resourceVersion } = object.metadata;
  if (resourceVersion !== undefined)
    throw new Refusal(400, "BadRequest", "resourceVersion should not be set on objects to be created");
  const home = request.namespace;
  if (kind.namespaced && !store.list("", "Namespace").some(({ metadata }) => metadata.name === home))
    throw new Refusal(404, "NotFound", `namespaces "${home}" not found`, { name: home, kind: "namespaces" });
  if (find(asked, name) !== undefined)
    throw new Refusal(409, "AlreadyExists", `${named(asked, name)} already exists`, detailsOf(asked, name));
  const { status: _status, ...stored } = object;
  const isDryRun = readDryRun(request.query["dryRun"]);
  const made = admitted(asked, { operation: "CREATE", object: stored, user: request.user ?? "", dryRun: isDryRun });
  const stamped = stamp(made, asked, {
    uid: `uid-${store.version + 1}`,
    generation: 1,
    creationTimestamp: "2026-11-21T12:00:00Z",
    managedFields: managers([], request),
  });
  sendJson(response, isDryRun ? stamped : store.put(stamped), { code: 201 });
}

function update(asked: ObjectRequest, body: Shape): void {
  const { request, store, response } = asked;
  const object = decode(asked, body);
  const before = existing(asked);
  const { name, uid, resourceVersion } = object.metadata;
  if (name !== request.name)
    throw new Refusal(400, "BadRequest", `the name of the object (${name}) does not match the name on the URL`);
  if (resourceVersion === undefined) {
    const field = "metadata.resourceVersion";
    const message = `Invalid value: "": must be specified for an update`;
    const causes = [{ reason: "FieldValueInvalid", message, field }];
    throw new Refusal(422, "Invalid", `${named(asked, name)} is invalid: ${field}: ${message}`, {
      ...detailsOf(asked, name),
      causes,
    });
  }
  refuseOther(asked, before, { resourceVersion, uid });
  const isDryRun = readDryRun(request.query["dryRun"]);
  const user = request.user ?? "";
  const review = { operation: "UPDATE", object, oldObject: before, user, dryRun: isDryRun } as const;
  const { status: _status, ...admittedObject } = admitted(asked, review);
  const was = before.metadata;
  const isSame = JSON.stringify(admittedObject["spec"]) === JSON.stringify(before["spec"]);
  const stamped = stamp({ ...admittedObject, ...("status" in before && { status: before["status"] }) }, asked, {
    uid: was["uid"],
    generation: Number(was["generation"] ?? 1) + (isSame ? 0 : 1),
    creationTimestamp: was["creationTimestamp"],
    managedFields: managers(shapes(was["managedFields"]), request),
  });
  sendJson(response, isDryRun ? stamped : store.put(stamped));
}

function remove(asked: ObjectRequest, body: Shape): void {
  const { request, store, response } = asked;
  const before = existing(asked);
  refuseOther(asked, before, shape(body["preconditions"]));
  const isDryRun = readDryRun(texts(body["dryRun"])[0] ?? request.query["dryRun"]);
  const user = request.user ?? "";
  admitted(asked, { operation: "DELETE", oldObject: before, user, dryRun: isDryRun });
  const { name } = before.metadata;
  if (texts(before.metadata["finalizers"]).length > 0) {
    const waiting = { ...before, metadata: { ...before.metadata, deletionTimestamp: "2026-11-21T12:00:00Z" } };
    return sendJson(response, isDryRun ? waiting : store.put(waiting));
  }
  if (!isDryRun) store.remove(before);
  sendJson(response, { kind: "Status", apiVersion: "v1", status: "Success", details: detailsOf(asked, name) });
}

function find({ kind, request, store }: ObjectRequest, name: string | undefined): WireObject | undefined {
  const namespace = kind.namespaced ? request.namespace : undefined;
  return store.list(kind.group, kind.kind, namespace).find(({ metadata }) => metadata.name === name);
}

function existing(asked: ObjectRequest): WireObject {
  const { name } = asked.request;
  const found = find(asked, name);
  if (found !== undefined) return found;
  throw new Refusal(404, "NotFound", `${named(asked, name)} not found`, detailsOf(asked, name));
}

/** The real one compares uid and resourceVersion with what is stored, and with nothing where they are not given. */
function refuseOther(asked: ObjectRequest, before: WireObject, wanted: Shape): void {
  const { name, uid, resourceVersion } = before.metadata;
  const isOther = wanted["uid"] !== undefined && wanted["uid"] !== uid;
  const isStale = wanted["resourceVersion"] !== undefined && wanted["resourceVersion"] !== resourceVersion;
  if (!isOther && !isStale) return;
  const message = `Operation cannot be fulfilled on ${named(asked, name)}: the object has been modified; please apply your changes to the latest version and try again`;
  throw new Refusal(409, "Conflict", message, detailsOf(asked, name));
}

function admitted({ webhooks, response }: ObjectRequest, review: AdmissionReview): WireObject {
  const result = admit(webhooks, review);
  if ("refusal" in result) throw new Refusal(result.refusal.code, "", result.refusal.message);
  const header = result.warnings.map((warning) => `299 - ${JSON.stringify(warning)}`).join(", ");
  if (header !== "") response.setHeader("warning", header);
  return result.object ?? (review.oldObject as WireObject);
}

const LIMIT_BYTES = 3 * 1024 * 1024;

function readBody(body: string): Shape {
  if (body.length > LIMIT_BYTES)
    throw new Refusal(413, "RequestEntityTooLarge", `Request entity too large: limit is ${LIMIT_BYTES}`);
  try {
    return shape(JSON.parse(body === "" ? "{}" : body));
  } catch {
    throw new Refusal(400, "BadRequest", "couldn't get version/kind; json parse error");
  }
}

const FIELDS = new Set(["apiVersion", "kind", "metadata", "spec", "status"]);

/** The object in a body, which must be of the path's kind and namespace. Unknown fields are refused when Strict. */
function decode({ kind, request }: ObjectRequest, body: Shape): WireObject {
  const wanted = apiVersionOf(kind, request);
  const metadata = optionalShape(body["metadata"]) ?? {};
  if (body["apiVersion"] !== wanted || body["kind"] !== kind.kind) {
    const message = `the API version in the data (${String(body["apiVersion"])}) does not match the expected API version (${wanted})`;
    throw new Refusal(400, "BadRequest", message);
  }
  const name = text(metadata["name"]);
  if (name === undefined) throw new Refusal(422, "Invalid", "metadata.name: Required value: name is required");
  const namespace = text(metadata["namespace"]) ?? request.namespace;
  if (namespace !== request.namespace) {
    const message = "the namespace of the provided object does not match the namespace sent on the request";
    throw new Refusal(400, "BadRequest", message);
  }
  const unknown = kind.group === "" ? [] : Object.keys(body).filter((field) => !FIELDS.has(field));
  if (request.query["fieldValidation"] === "Strict" && unknown.length > 0)
    throw new Refusal(
      400,
      "BadRequest",
      `strict decoding error: ${unknown.map((field) => `unknown field "${field}"`).join(", ")}`,
    );
  return {
    ...body,
    apiVersion: wanted,
    kind: kind.kind,
    metadata: { ...metadata, name, ...(namespace !== undefined && { namespace }) },
  };
}

/** The version that was asked for: the schemas of a kind's versions are alike. */
function apiVersionOf({ group }: MeshKind, { version = "v1" }: ApiRequest): string {
  return group === "" ? version : `${group}/${version}`;
}

function stamp(object: WireObject, { request }: ObjectRequest, server: Shape): WireObject {
  const given = Object.entries(server).filter(([, value]) => value !== undefined);
  const { namespace } = request;
  const metadata = { ...object.metadata, ...(namespace !== undefined && { namespace }) };
  return { ...object, metadata: { ...metadata, ...Object.fromEntries(given) } };
}

function managers(before: readonly Shape[], { query }: ApiRequest): Shape[] {
  const manager = query["fieldManager"] ?? "unknown";
  const kept = before.filter((entry) => entry["manager"] !== manager);
  return [
    ...kept,
    { manager, operation: "Update", time: "2026-11-21T12:00:00Z", fieldsType: "FieldsV1", fieldsV1: {} },
  ];
}

function readDryRun(value: string | undefined): boolean {
  if (value === undefined || value === "All") return value === "All";
  throw new Refusal(422, "Invalid", `dryRun: Unsupported value: "${value}": supported values: "All"`);
}

function named({ kind }: ObjectRequest, name: string | undefined): string {
  return `${kind.plural}${kind.group === "" ? "" : `.${kind.group}`} "${name}"`;
}

function detailsOf({ kind }: ObjectRequest, name: string | undefined): object {
  return { name, group: kind.group, kind: kind.plural };
}
