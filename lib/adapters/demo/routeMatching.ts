/** Whether a request fits what a route asks for: matches of VirtualServices and of HTTPRoutes. */
import type { RouteMatch } from "#lib/domain/mesh/httpRoute.ts";
import { matchesLabels } from "#lib/domain/mesh/labels.ts";
import type { HttpMatch, StringMatch, VirtualService } from "#lib/domain/mesh/virtualService.ts";
import type { Workload } from "./meshView.ts";
import type { Call } from "./world.ts";

/** A call with the headers it carries; their names are in lower case. */
export type Request = Call & { readonly headers: Readonly<Record<string, string>> };

/** Whether the proxy that sends the request is one the rule's gateways name; "mesh" means all sidecars. */
export function appliesTo(gateways: readonly string[], rule: VirtualService, caller: Workload): boolean {
  if (caller.mode !== "proxy") return gateways.includes("mesh");
  return gateways.some((name) => caller.gateways.includes(qualified(name, rule.namespace)));
}

/** A match of a VirtualService. Query parameters never fit: the simulator's requests have none. */
export function fitsMatch(match: HttpMatch, rule: VirtualService, caller: Workload, request: Request): boolean {
  return (
    (match.gateways.length === 0 || appliesTo(match.gateways, rule, caller)) &&
    (match.port === undefined || match.port === request.port) &&
    (match.sourceNamespace === undefined || match.sourceNamespace === caller.namespace) &&
    matchesLabels(match.sourceLabels, caller.labels) &&
    fits(match.uri, request.path ?? "/") &&
    fits(match.method, request.method ?? "GET") &&
    fits(match.authority, request.host) &&
    Object.entries(match.headers).every(([name, wanted]) => fits(wanted, headerOf(request, name))) &&
    !Object.entries(match.withoutHeaders).some(([name, unwanted]) => fits(unwanted, headerOf(request, name))) &&
    Object.keys(match.queryParams).length === 0
  );
}

/** A match of an HTTPRoute. Methods of GRPCRoutes are not told apart. */
export function fitsRouteMatch(match: RouteMatch, request: Request): boolean {
  const path = request.path ?? "/";
  const { type, value } = match.path ?? { type: "PathPrefix", value: "/" };
  const fitsPath = type === "PathPrefix" ? isUnder(value, path) : fits({ kind: kindOf(type), value }, path);
  return (
    fitsPath &&
    (match.method === undefined || request.protocol === "grpc" || match.method === (request.method ?? "GET")) &&
    match.headers.every(({ type: by, name, value: wanted }) =>
      fits({ kind: kindOf(by), value: wanted }, headerOf(request, name)),
    )
  );
}

function kindOf(type: string): StringMatch["kind"] {
  return type === "RegularExpression" ? "regex" : "exact";
}

/** Gateway API prefixes end at path elements: /points covers /points/7 and not /pointless. */
function isUnder(prefix: string, path: string): boolean {
  return path === prefix || path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

function fits(match: StringMatch | undefined, value: string | undefined): boolean {
  if (match === undefined) return true;
  if (value === undefined) return false;
  if (match.kind === "exact") return value === match.value;
  if (match.kind === "prefix") return value.startsWith(match.value);
  try {
    return new RegExp(`^(?:${match.value})$`).test(value);
  } catch {
    return false;
  }
}

function headerOf(request: Request, name: string): string | undefined {
  const key = name.toLowerCase();
  return Object.hasOwn(request.headers, key) ? request.headers[key] : undefined;
}

function qualified(gateway: string, namespace: string): string {
  if (gateway.startsWith("./")) return `${namespace}/${gateway.slice(2)}`;
  return gateway.includes("/") ? gateway : `${namespace}/${gateway}`;
}
