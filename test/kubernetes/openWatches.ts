/** Watches that are open, and ways to disturb them. */
import type { ServerResponse } from "node:http";
import { sendStatus } from "./answers.ts";
import { type ApiRequest, wantsMetadata } from "./apiRequest.ts";
import { apiVersionOf, type ServedKind } from "./discoveryAnswers.ts";
import { isOf, type ObjectStore, type StoredEvent } from "./objectStore.ts";

type OpenWatch = {
  readonly kind: ServedKind;
  readonly namespace: string | undefined;
  /** Objects are sent without all but their metadata. */
  readonly metadataOnly: boolean;
  readonly response: ServerResponse;
};

export class OpenWatches {
  readonly #store: ObjectStore;
  readonly #open = new Set<OpenWatch>();

  constructor(store: ObjectStore) {
    this.#store = store;
    store.onEvent((event) => {
      for (const watch of this.#open) sendEvent(watch, event);
    });
  }

  /** Opens a watch: what was missed since its resource version, then what happens. */
  answer(kind: ServedKind, request: ApiRequest, response: ServerResponse): void {
    const { query, namespace } = request;
    const from = Number(query["resourceVersion"] ?? 0);
    const missed = this.#store.since(from, kind.group, kind.kind, namespace);
    if (missed === undefined) return sendStatus(response, 410, "Expired", `too old resource version: ${from}`);
    const watch: OpenWatch = { kind, namespace, metadataOnly: wantsMetadata(request), response };
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    for (const event of missed) sendEvent(watch, event);
    this.#open.add(watch);
    response.on("close", () => this.#open.delete(watch));
  }

  count(plural?: string): number {
    return [...this.#open].filter((watch) => plural === undefined || watch.kind.plural === plural).length;
  }

  drop(): void {
    for (const { response } of this.#open) response.socket?.destroy();
    this.#open.clear();
  }

  end(): void {
    for (const { response } of this.#open) response.end();
    this.#open.clear();
  }

  say(plural: string, line: string): void {
    for (const { kind, response } of this.#open) if (kind.plural === plural) response.write(`${line}\n`);
  }

  sendBookmarks(): void {
    for (const { kind, response } of this.#open) {
      const object = {
        apiVersion: apiVersionOf(kind),
        kind: kind.kind,
        metadata: { resourceVersion: String(this.#store.version) },
      };
      response.write(`${JSON.stringify({ type: "BOOKMARK", object })}\n`);
    }
  }
}

function sendEvent({ kind, namespace, metadataOnly, response }: OpenWatch, { type, object }: StoredEvent): void {
  if (!isOf(object, kind.group, kind.kind, namespace)) return;
  const sent = metadataOnly ? { kind: "PartialObjectMetadata", metadata: object.metadata } : object;
  response.write(`${JSON.stringify({ type, object: sent })}\n`);
}
