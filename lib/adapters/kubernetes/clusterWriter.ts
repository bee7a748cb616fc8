/**
 * Reads and changes single objects over the API server, with the credentials of whoever asks.
 *
 *   PUT /apis/networking.istio.io/v1/namespaces/shop/virtualservices/reviews
 *       ?fieldManager=meshscope&fieldValidation=Strict&dryRun=All&timeout=25s
 */
import { type KubernetesObject, type ObjectChange, refOfChange } from "#lib/domain/change/objectChange.ts";
import { MESH_KINDS, type MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import type { ObjectRef } from "#lib/domain/mesh/meshObject.ts";
import { optionalShape, text, texts } from "#lib/domain/mesh/shape.ts";
import {
  type ClusterWriter,
  type Credentials,
  isWriteError,
  SourceError,
  WriteError,
  type Written,
} from "#lib/ports.ts";
import { type KubeClient, type KubeRequest, pathSegment } from "./kubeClient.ts";
import { collectionPath } from "./scope.ts";
import { serverWarnings } from "./serverWarnings.ts";
import { writeRefusal } from "./writeRefusal.ts";

const FIELD_MANAGER = "meshscope";
/** The server gives up first, so that what became of a change is known. */
const SERVER_TIMEOUT = "25s";
const TIMEOUT_MS = 30_000;

export type ClusterWriterOptions = {
  readonly client: KubeClient;
  readonly processIs: ClusterWriter["processIs"];
  /** The apiVersion in which the cluster serves a kind; undefined where it does not. */
  readonly servedVersion: (kind: MeshKind) => string | undefined;
  readonly timeoutMs?: number;
};

type Answer = { readonly object: KubernetesObject | undefined; readonly warnings: readonly string[] };

/** Sends nothing before it is asked to. */
export function createClusterWriter(options: ClusterWriterOptions): ClusterWriter {
  const { client, processIs, servedVersion, timeoutMs = TIMEOUT_MS } = options;

  async function send(request: Omit<KubeRequest, "headers" | "timeoutMs">): Promise<Answer> {
    const headers = request.body === undefined ? {} : { "content-type": "application/json" };
    const response = await client.request({ ...request, headers, timeoutMs });
    const body = await response.text();
    const what = `${request.method ?? "GET"} ${request.path}`;
    if (response.status >= 400) throw writeRefusal(response.status, body, what);
    return { object: readObject(body, what), warnings: serverWarnings(response.headers["warning"]) };
  }

  async function read(path: string, as: Credentials, signal: AbortSignal): Promise<KubernetesObject | undefined> {
    try {
      return (await send({ path, as, signal })).object;
    } catch (error) {
      if (isWriteError(error) && error.reason === "missing") return undefined;
      throw error;
    }
  }

  /** What is there, for somebody whose change was refused. That they may not read it is no second failure. */
  async function withCurrent(
    refusal: WriteError,
    path: string,
    as: Credentials,
    signal: AbortSignal,
  ): Promise<WriteError> {
    const { reason, message, causes } = refusal;
    if (reason !== "conflict" && reason !== "exists") return refusal;
    const current = refusal.current ?? (await read(path, as, signal).catch(() => undefined));
    return new WriteError({ reason, message, causes, current, cause: refusal });
  }

  async function write(
    change: ObjectChange,
    { as, dryRun }: { readonly as: Credentials; readonly dryRun: boolean },
    signal: AbortSignal,
  ): Promise<Written> {
    const ref = refOfChange(change);
    const kind = kindOf(ref);
    const apiVersion = change.action === "delete" ? versionOf(kind, servedVersion) : writtenVersion(change.object);
    const collection = collectionPath(kind, apiVersion, { namespace: ref.namespace });
    const path = `${collection}/${pathSegment(ref.name)}`;
    try {
      // The write itself relies on its precondition: what it replaces is what the dry run found.
      const before = dryRun && change.action !== "create" ? await read(path, as, signal) : undefined;
      if (before !== undefined) refuseOther(change, before);
      const { object, warnings } = await send({ ...requestOf(change, dryRun, collection, path), as, signal });
      const after = change.action !== "delete" || isWaiting(object) ? object : undefined;
      return { ...(before && { before }), ...(after && { after }), warnings };
    } catch (error) {
      throw isWriteError(error) ? await withCurrent(error, path, as, signal) : error;
    }
  }

  return {
    processIs,
    async read(ref, as, signal) {
      const kind = kindOf(ref);
      const collection = collectionPath(kind, versionOf(kind, servedVersion), { namespace: ref.namespace });
      return read(`${collection}/${pathSegment(ref.name)}`, as, signal);
    },
    write,
  };
}

function requestOf(
  change: ObjectChange,
  dryRun: boolean,
  collection: string,
  path: string,
): Pick<KubeRequest, "body" | "path" | "query"> & { readonly method: "DELETE" | "POST" | "PUT" } {
  if (change.action === "delete") {
    const { resourceVersion, uid } = change;
    const preconditions = { resourceVersion, ...(uid !== undefined && { uid }) };
    const options = { apiVersion: "v1", kind: "DeleteOptions", preconditions, ...(dryRun && { dryRun: ["All"] }) };
    return { method: "DELETE", path, query: { timeout: SERVER_TIMEOUT }, body: JSON.stringify(options) };
  }
  const query = {
    fieldManager: FIELD_MANAGER,
    fieldValidation: "Strict",
    timeout: SERVER_TIMEOUT,
    ...(dryRun && { dryRun: "All" }),
  };
  const isNew = change.action === "create";
  const [method, target] = isNew ? (["POST", collection] as const) : (["PUT", path] as const);
  return { method, path: target, query, body: JSON.stringify(change.object) };
}

/** The server checks the same; but told here, the other version is the one that was just read. */
function refuseOther(change: ObjectChange, before: KubernetesObject): void {
  const wanted = change.action === "delete" ? change.resourceVersion : change.object.metadata.resourceVersion;
  const { name, resourceVersion } = before.metadata;
  if (wanted === resourceVersion) return;
  const message = `${before.kind} ${name} has been modified: it is in version ${resourceVersion} now, not ${wanted}`;
  throw new WriteError({ reason: "conflict", message, current: before });
}

/** Whether a deleted object stays until its finalizers are done. */
function isWaiting(object: KubernetesObject | undefined): boolean {
  return texts(object?.metadata["finalizers"]).length > 0;
}

function kindOf(ref: ObjectRef): MeshKind {
  const kind = MESH_KINDS.find(({ group, kind }) => group === ref.group && kind === ref.kind);
  if (kind !== undefined) return kind;
  throw new WriteError({ reason: "unsupported", message: `${ref.group}/${ref.kind} is no kind of a mesh` });
}

function versionOf(kind: MeshKind, servedVersion: ClusterWriterOptions["servedVersion"]): string {
  const version = servedVersion(kind);
  if (version !== undefined) return version;
  throw new WriteError({ reason: "unsupported", message: `The cluster serves no ${kind.plural}.${kind.group}` });
}

/** It becomes a part of the path. */
function writtenVersion({ apiVersion }: KubernetesObject): string {
  if (/^[a-z0-9.-]+\/v[a-z0-9]+$/.test(apiVersion)) return apiVersion;
  throw new WriteError({ reason: "unsupported", message: `${JSON.stringify(apiVersion)} is no version of an API` });
}

/** The object of an answer without managedFields; undefined for the Status that answers a deletion. */
function readObject(body: string, what: string): KubernetesObject | undefined {
  const value = optionalShape(parse(body));
  const { apiVersion, kind, metadata } = value ?? {};
  if (kind === "Status" && apiVersion === "v1") return undefined;
  const meta = optionalShape(metadata);
  const name = text(meta?.["name"]);
  if (value === undefined || typeof apiVersion !== "string" || typeof kind !== "string" || name === undefined) {
    throw new SourceError({
      source: "kubernetes",
      kind: "malformed",
      message: `${what}: the answer is no object of Kubernetes`,
      hint: "Does the address lead to a Kubernetes API server, or to a login page before it?",
    });
  }
  const { managedFields: _managedFields, ...kept } = meta ?? {};
  return { ...value, apiVersion, kind, metadata: { ...kept, name } };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
