/** How calls end, as proxies put it into labels. */

import type { Fault } from "#lib/domain/mesh/virtualService.ts";
import type { Protocol } from "#lib/domain/telemetry/edgeTable.ts";
import type { Node } from "./callGraph.ts";

/** Labels response_code, grpc_response_status ("" but for gRPC) and response_flags ("-" for none). */
export type Response = { readonly code: string; readonly grpcStatus: string; readonly flags: string };

const UNKNOWN = "2";
const UNIMPLEMENTED = "12";
const INTERNAL = "13";
const UNAVAILABLE = "14";
/** gRPC's status names in the order of their numbers. */
const STATUS_NAMES =
  "OK CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS UNAUTHENTICATED".split(
    " ",
  );

/** gRPC answers are HTTP 200 with a status of their own, those of proxies too. */
function response(protocol: Protocol, code: string, grpcStatus: string, flags: string): Response {
  return protocol === "grpc" ? { code: "200", grpcStatus, flags } : { code, grpcStatus: "", flags };
}

export const succeeded = (protocol: Protocol): Response => response(protocol, "200", "0", "-");
export const unavailable = (protocol: Protocol, flags: string): Response =>
  response(protocol, "503", UNAVAILABLE, flags);
export const noRoute = (protocol: Protocol): Response => response(protocol, "404", UNIMPLEMENTED, "NR");
/** What a proxy answers that may not let the call out of the mesh. */
export const blocked = (protocol: Protocol): Response => response(protocol, "502", UNAVAILABLE, "-");
export const timedOut = (protocol: Protocol): Response => response(protocol, "504", UNAVAILABLE, "UT");
/** What a server sees of a client that did not wait. */
export const hungUp: Response = { code: "0", grpcStatus: "", flags: "DC" };

/** What an injected fault answers. Unknown names of gRPC statuses count as UNAVAILABLE. */
export function aborted(protocol: Protocol, abort: NonNullable<Fault["abort"]>): Response {
  const named = STATUS_NAMES.indexOf(abort.grpcStatus ?? "");
  return response(protocol, String(abort.httpStatus ?? 503), named < 0 ? UNAVAILABLE : String(named), "FI");
}

/** Every response a node gives, with its share; the shares sum to 1. */
export function responsesOf(server: Node, protocol: Protocol): { response: Response; share: number }[] {
  const own = Object.entries(server.failures).map(([status, share]) => ({
    response: programFailure(protocol, status),
    share,
  }));
  const rest = 1 - own.reduce((sum, { share }) => sum + share, 0);
  const answers = [{ response: succeeded(protocol), share: rest * (1 - server.propagated) }, ...own];
  if (server.propagated === 0) return answers;
  return [...answers, { response: response(protocol, "500", INTERNAL, "-"), share: rest * server.propagated }];
}

/** A failure as World writes it: an HTTP status, or a gRPC status below 100. The other protocol has its nearest relative. */
function programFailure(protocol: Protocol, status: string): Response {
  const isGrpc = Number(status) < 100;
  return response(protocol, isGrpc ? "500" : status, isGrpc ? status : UNKNOWN, "-");
}

/** A 5xx, or a gRPC status other than OK: what makes a caller that needs the answer fail as well. */
export function isFailure({ code, grpcStatus }: Response): boolean {
  return Number(code) >= 500 || (grpcStatus !== "" && grpcStatus !== "0");
}

/** The share of a node's answers that are failures. */
export function failingShare(node: Node): number {
  let own = 0;
  for (const [status, share] of Object.entries(node.failures))
    if (Number(status) >= 500 || Number(status) < 100) own += share;
  return own + (1 - own) * node.propagated;
}
