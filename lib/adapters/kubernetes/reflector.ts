/**
 * Mirrors one collection of the API server: the loop half (watchEvents.ts is the pure half).
 *
 *        ┌──────────── 410, in HTTP or in the stream ───────────┐
 *        ▼                                                      │
 *   list in pages ──▶ watch from its resourceVersion ──▶ stream ends, breaks or falls silent
 *        ▲                        ▲                             │
 *        └── failed: back off ────┴───── resume where it was ───┘
 *
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 */
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import { type Shape, shape, text } from "#lib/domain/mesh/shape.ts";
import { type Clock, SourceError } from "#lib/ports.ts";
import { backoffMs, type Pauses } from "./backoff.ts";
import type { KubeClient, KubeResponse } from "./kubeClient.ts";
import { errorOfConnection, errorOfStatus, readKubeStatus, statusCodeOf } from "./kubeError.ts";
import { readList } from "./readList.ts";
import { readNamed } from "./readNamed.ts";
import { decodeItem, readLines, readWatchLine, type WatchedType } from "./watchEvents.ts";

export type ReflectorTimings = {
  readonly backoffBaseMs: number;
  readonly backoffCapMs: number;
  /** How long a forbidden collection is left alone before it is asked for again. */
  readonly deniedRetryMs: number;
  /** How often an object is read that may be read by its name and not be watched. */
  readonly namedMs: number;
  /** A watch is asked to end after this time to twice this time, so that load spreads over API servers. */
  readonly watchSeconds: number;
  /** Without even a bookmark for this long the connection is taken for dead. */
  readonly silenceMs: number;
};

export type ReflectorState =
  | { readonly state: "listing" | "watching" | "absent" }
  | { readonly state: "denied" | "failing"; readonly error: SourceError; readonly retryAtSeconds: number };

export type ReflectorSink = {
  /** A page of a list under way: there are these, as they are now. */
  listed(objects: readonly MeshObject[]): void;
  /** The end of a list: the collection is exactly this. */
  replace(objects: readonly MeshObject[]): void;
  put(object: MeshObject): void;
  remove(object: MeshObject): void;
  /** Something the server sent could not be read and was left out. */
  skip(problem: string): void;
  turn(state: ReflectorState): void;
};

export type ReflectorOptions = {
  readonly client: KubeClient;
  /** Of the collection: "/apis/apps/v1/deployments". */
  readonly path: string;
  /** Only the object of this name. Where that may not be listed it is asked for by its name, time and again. */
  readonly name?: string;
  /** Of each object, only its metadata is asked for. */
  readonly metadataOnly?: boolean;
  readonly type: WatchedType;
  readonly sink: ReflectorSink;
  readonly timings: ReflectorTimings;
  readonly pauses: Pauses;
  readonly clock: Clock;
  readonly random: () => number;
};

const PAGE_SIZE = 500;
/** Watches live for minutes. Where they end sooner than this one after the other, something is wrong, whatever they told. */
const SHORT_MS = 1000;
const LIST_TIMEOUT_MS = 60_000;

/** Runs until the signal aborts, after which the sink hears nothing more, or until the server says that there is no such collection (state "absent"). */
export async function runReflector(options: ReflectorOptions, signal: AbortSignal): Promise<void> {
  const { sink, timings, pauses, clock, random, name } = options;
  const limits = { baseMs: timings.backoffBaseMs, capMs: timings.backoffCapMs };
  let resourceVersion: string | undefined;
  let attempt = 0;
  let short = 0;
  let { moves } = options.client;

  /** Reads the one object after its list or watch was refused. What went wrong; undefined when nothing did. */
  async function insteadByName(refusal: unknown): Promise<unknown> {
    if (name === undefined || statusCodeOf(refusal) !== 403) return refusal;
    try {
      const object = await readNamed({ ...options, name }, signal);
      signal.throwIfAborted();
      sink.replace(object === undefined ? [] : [object]);
      sink.turn({ state: "watching" });
      resourceVersion = undefined;
      attempt = 0;
      return;
    } catch (cause) {
      return cause;
    }
  }

  sink.turn({ state: "listing" });
  while (!signal.aborted) {
    try {
      if (moves !== options.client.moves) {
        ({ moves } = options.client);
        resourceVersion = undefined;
      }
      if (resourceVersion === undefined) {
        const list = await listAll(options, signal);
        signal.throwIfAborted();
        sink.replace(list.objects);
        resourceVersion = list.resourceVersion;
      }
      const opened = performance.now();
      const watch = await watchOnce(options, resourceVersion, signal);
      short = performance.now() - opened < SHORT_MS ? short + 1 : 0;
      resourceVersion = watch.resourceVersion;
      // A watch that told us something proves the server well; one that ends at once must not become a busy loop.
      attempt = watch.progressed ? 0 : attempt + 1;
      // One break is nothing to report; several without a word in between are.
      if (watch.brokenBy !== undefined && attempt > 1) throw watch.brokenBy;
      // One that tells something and ends at once, again and again, would be asked for thousands of times a second.
      if (watch.brokenBy !== undefined || !watch.progressed || short > 1)
        await pauses.pause(backoffMs(Math.max(attempt, short - 1), random, limits), signal);
    } catch (refusal) {
      if (signal.aborted) return;
      const cause = await insteadByName(refusal);
      if (signal.aborted) return;
      if (cause === undefined) {
        await pauses.pause(timings.namedMs, signal);
        continue;
      }
      const error = errorOfConnection(cause, options.client.target);
      const code = statusCodeOf(error);
      if (code === 404) return sink.turn({ state: "absent" });
      const waitMs = code === 403 ? timings.deniedRetryMs : backoffMs(attempt, random, limits);
      attempt += 1;
      // Being told that we are too far behind is no failure: list again, at once for the first time.
      if (code === 410) {
        resourceVersion = undefined;
        if (attempt > 1) await pauses.pause(waitMs, signal);
        continue;
      }
      sink.turn({
        state: code === 403 ? "denied" : "failing",
        error,
        retryAtSeconds: clock.nowSeconds() + waitMs / 1000,
      });
      await pauses.pause(waitMs, signal);
    }
  }
}

/** Lists the collection in pages, hands over each as it comes, and lets other work in between. */
async function listAll(
  options: ReflectorOptions,
  signal: AbortSignal,
): Promise<{ objects: MeshObject[]; resourceVersion: string | undefined }> {
  const { type, sink } = options;
  const objects: MeshObject[] = [];
  let next: string | undefined;
  for (;;) {
    const known = objects.length;
    const page = await listPage(options, next, signal, (item) => {
      const decoded = decodeItem(item, type);
      if (decoded.object === undefined) sink.skip(decoded.problem);
      else objects.push(decoded.object);
    });
    signal.throwIfAborted();
    sink.listed(objects.slice(known));
    const metadata = shape(page["metadata"]);
    next = text(metadata["continue"]);
    if (next === undefined) return { objects, resourceVersion: text(metadata["resourceVersion"]) };
  }
}

async function listPage(
  { client, path, name, metadataOnly }: ReflectorOptions,
  next: string | undefined,
  signal: AbortSignal,
  take: (item: unknown) => void,
): Promise<Shape> {
  const response = await client.request({
    path,
    query: {
      limit: String(PAGE_SIZE),
      ...selectName(name),
      ...(next !== undefined && { continue: next }),
    },
    ...(metadataOnly && { headers: { accept: metadataOf("PartialObjectMetadataList") } }),
    signal,
    timeoutMs: LIST_TIMEOUT_MS,
  });
  if (response.status < 200 || response.status > 299)
    throw errorOfStatus(readKubeStatus(response.status, await response.text()), `GET ${path}`);
  const page = await readList(response.chunks, take).catch((cause: unknown) => {
    response.discard();
    if (!(cause instanceof SyntaxError) && !(cause instanceof RangeError)) throw cause;
    throw notAList(path, `is not JSON: ${cause.message}`, cause);
  });
  if (!Array.isArray(page["items"])) throw notAList(path, "is not a list");
  return page;
}

function selectName(name: string | undefined): { fieldSelector?: string } {
  return name === undefined ? {} : { fieldSelector: `metadata.name=${name}` };
}

/** @see https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables-or-metadata */
function metadataOf(as: "PartialObjectMetadata" | "PartialObjectMetadataList"): string {
  return `application/json;as=${as};g=meta.k8s.io;v=v1`;
}

function notAList(path: string, what: string, cause?: unknown): SourceError {
  return new SourceError({
    source: "kubernetes",
    kind: "malformed",
    message: `${path}: the answer ${what}`,
    hint: "Does the address lead to a Kubernetes API server, or to a login page before it?",
    cause,
  });
}

type WatchEnd = {
  /** Where to resume; undefined when the collection must be listed again. */
  readonly resourceVersion: string | undefined;
  /** Whether anything was heard. */
  readonly progressed: boolean;
  /** What broke the stream; absent when the server ended it. */
  readonly brokenBy?: unknown;
};

/** Follows one watch to its end. Rejects when it cannot be opened; a break later on is an end like any other. */
async function watchOnce(options: ReflectorOptions, from: string | undefined, signal: AbortSignal): Promise<WatchEnd> {
  const { sink, type } = options;
  let resourceVersion = from;
  let progressed = false;
  const response = await openWatch(options, from, signal);
  sink.turn({ state: "watching" });
  try {
    for await (const line of readLines(response.chunks)) {
      // Lines of one packet come without a pause: whoever stopped in between must hear no more.
      signal.throwIfAborted();
      const event = readWatchLine(line, type);
      if (event.type === "expired") return { resourceVersion: undefined, progressed };
      if (event.type === "failed") throw errorOfStatus(event.status, `watch ${options.path}`);
      if (event.type === "put") sink.put(event.object);
      if (event.type === "remove") sink.remove(event.object);
      if (event.type === "malformed") sink.skip(event.problem);
      resourceVersion = event.resourceVersion ?? resourceVersion;
      progressed ||= event.type !== "malformed";
    }
    return { resourceVersion, progressed };
  } catch (error) {
    if (signal.aborted) throw error;
    return { resourceVersion, progressed, brokenBy: error };
  } finally {
    response.discard();
  }
}

async function openWatch(
  { client, path, name, metadataOnly, timings, random }: ReflectorOptions,
  resourceVersion: string | undefined,
  signal: AbortSignal,
): Promise<KubeResponse> {
  const response = await client.request({
    path,
    query: {
      watch: "true",
      allowWatchBookmarks: "true",
      timeoutSeconds: String(Math.round(timings.watchSeconds * (1 + random()))),
      ...selectName(name),
      ...(resourceVersion !== undefined && { resourceVersion }),
    },
    // Compression would hold events back until a block is full.
    headers: {
      "accept-encoding": "identity",
      ...(metadataOnly && { accept: metadataOf("PartialObjectMetadata") }),
    },
    signal,
    timeoutMs: timings.silenceMs,
  });
  if (response.status === 200) return response;
  throw errorOfStatus(readKubeStatus(response.status, await response.text()), `watch ${path}`);
}
