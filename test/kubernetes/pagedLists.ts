/** Lists in pages: all pages of one list show the moment of the first. */
import type { ServerResponse } from "node:http";
import { sendJson, sendStatus } from "./answers.ts";
import { type ApiRequest, wantsMetadata } from "./apiRequest.ts";
import { apiVersionOf, type ServedKind } from "./discoveryAnswers.ts";
import type { ObjectStore, WireObject } from "./objectStore.ts";

export class PagedLists {
  readonly #store: ObjectStore;
  /** Lists under way, by continue token. */
  readonly #snapshots = new Map<string, { readonly version: number; readonly rest: readonly WireObject[] }>();
  #tokens = 0;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Continue tokens given out so far stop working. */
  expire(): void {
    this.#snapshots.clear();
  }

  /** Answers a list, or the next page of one. */
  answer(kind: ServedKind, request: ApiRequest, response: ServerResponse): void {
    const { limit, continue: token } = request.query;
    const snapshot = token === undefined ? this.#begin(kind, request) : this.#snapshots.get(token);
    if (snapshot === undefined)
      return sendStatus(response, 410, "Expired", "The provided continue parameter is too old");
    const size = limit === undefined ? snapshot.rest.length : Number(limit);
    const rest = snapshot.rest.slice(size);
    const next = rest.length === 0 ? undefined : `page-${(this.#tokens += 1)}`;
    if (next !== undefined) this.#snapshots.set(next, { version: snapshot.version, rest });
    sendJson(
      response,
      {
        kind: `${kind.kind}List`,
        apiVersion: apiVersionOf(kind),
        metadata: { resourceVersion: String(snapshot.version), ...(next !== undefined && { continue: next }) },
        // Items of a list do not repeat their type.
        items: snapshot.rest
          .slice(0, size)
          .map(({ apiVersion: _apiVersion, kind: _kind, ...item }) =>
            wantsMetadata(request) ? { metadata: item.metadata } : item,
          ),
      },
      { mayCompress: request.headers["accept-encoding"]?.includes("gzip") ?? false },
    );
  }

  #begin(kind: ServedKind, { namespace, name }: ApiRequest): { version: number; rest: readonly WireObject[] } {
    const all = this.#store.list(kind.group, kind.kind, namespace);
    const rest = name === undefined ? all : all.filter(({ metadata }) => metadata.name === name);
    return { version: this.#store.version, rest };
  }
}
