/** Requests for one object, parsed and authorized already. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { sendJson, sendStatus } from "./answers.ts";
import type { ApiRequest } from "./apiRequest.ts";
import type { ObjectStore } from "./objectStore.ts";

export type ObjectRequest = {
  readonly kind: MeshKind;
  /** verb get, create, update, patch, delete or deletecollection; `name` is absent for create. */
  readonly request: ApiRequest;
  /** Its body is not read yet. */
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly store: ObjectStore;
};

/** Answers a request for an object. */
export async function answerObject({ kind, request, response, store }: ObjectRequest): Promise<void> {
  if (request.verb !== "get")
    return sendStatus(response, 405, "MethodNotAllowed", "the server does not allow this method on the resource");
  const namespace = kind.namespaced ? request.namespace : undefined;
  const found = store.list(kind.group, kind.kind, namespace).find(({ metadata }) => metadata.name === request.name);
  if (found === undefined) {
    const qualified = kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;
    return sendStatus(response, 404, "NotFound", `${qualified} "${request.name}" not found`);
  }
  sendJson(response, found);
}
