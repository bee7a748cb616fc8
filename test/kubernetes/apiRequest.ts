/** What a request to the API server asks for, read from its path and method as the real one reads them. */
import type { IncomingHttpHeaders } from "node:http";

export type ApiRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  /** get, list, watch, create, update, patch, delete or deletecollection; outside of resources the method in lower case. */
  readonly verb: string;
  /** Undefined outside of resources (discovery); "" is the core group. */
  readonly group?: string;
  readonly version?: string;
  /** Plural name of the resource. */
  readonly resource?: string;
  /** "proxy", "portforward", "status". */
  readonly subresource?: string;
  /** Of a Namespace also its own name, so that roles within it apply. */
  readonly namespace?: string;
  readonly name?: string;
  /** On whose behalf: after impersonation, where there was any. Undefined when the credentials were refused. */
  readonly user?: string;
  /** Common name of the client certificate of the connection. */
  readonly certificate?: string;
};

const VERBS: Readonly<Record<string, string>> = {
  POST: "create",
  PUT: "update",
  PATCH: "patch",
  DELETE: "delete",
};

/**
 * Reads a request. @see https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/request/requestinfo.go
 *
 *   /apis/<group>/<version>/namespaces/<namespace>/<resource>/<name>/<subresource>
 *   /api/v1/namespaces/<name>                     a Namespace is its own namespace
 */
export function describeRequest(method: string, url: URL, headers: IncomingHttpHeaders): ApiRequest {
  const query = Object.fromEntries(url.searchParams);
  const base = { method, path: url.pathname, query, headers };
  const [, core, named, namedVersion, rest = ""] =
    /^\/(?:api\/([^/]+)|apis\/([^/]+)\/([^/]+))\/(.+)$/.exec(url.pathname) ?? [];
  const version = core ?? namedVersion;
  if (version === undefined) return { ...base, verb: method.toLowerCase() };
  const parts = rest.split("/").map(decodeURIComponent);
  const isWithin = parts[0] === "namespaces" && parts[1] !== undefined;
  const isOfNamespace = isWithin && (parts[2] === undefined || NAMESPACE_PARTS.has(parts[2]));
  const [resource = "", name, subresource] = isWithin && !isOfNamespace ? parts.slice(2) : parts;
  const selected = name ?? /(?:^|,)metadata\.name=([^,]+)/.exec(query["fieldSelector"] ?? "")?.[1];
  return {
    ...base,
    verb: verbOf(method, query, name),
    group: named ?? "",
    version,
    resource,
    ...(isWithin && { namespace: parts[1] ?? "" }),
    ...(selected !== undefined && { name: selected }),
    ...(subresource !== undefined && { subresource }),
  };
}

/** Parts of a Namespace itself, not resources within it. */
const NAMESPACE_PARTS: ReadonlySet<string> = new Set(["status", "finalize"]);

/** Whether objects are asked for without all but their metadata. */
export function wantsMetadata({ headers }: ApiRequest): boolean {
  return headers.accept?.includes("as=PartialObjectMetadata") ?? false;
}

function verbOf(method: string, query: ApiRequest["query"], name: string | undefined): string {
  const verb = VERBS[method] ?? "get";
  if (name !== undefined) return verb;
  if (verb === "delete") return "deletecollection";
  if (verb !== "get") return verb;
  return query["watch"] === "true" || query["watch"] === "1" ? "watch" : "list";
}
