/** A typed view of a Gateway API HTTPRoute or GRPCRoute. */
import type { MeshObject } from "./meshObject.ts";
import { finite, type Shape, shape, shapes, text, texts } from "./shape.ts";

/** Names another object; group, kind and namespace are filled in with their defaults. */
export type RouteRef = {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly port?: number | undefined;
};

export type ParentRef = RouteRef & { readonly sectionName?: string | undefined };

/** Weight is 1 where not given; backends share in proportion. */
export type BackendRef = RouteRef & { readonly weight: number };

export type RouteMatch = {
  readonly path?: { readonly type: string; readonly value: string } | undefined;
  /** HTTP method, or "service/method" of gRPC as far as given. */
  readonly method?: string | undefined;
  readonly headers: readonly { readonly type: string; readonly name: string; readonly value: string }[];
};

export type RouteFilter =
  | { readonly kind: "mirror"; readonly backend: RouteRef; readonly percent: number }
  | { readonly kind: "redirect" }
  | { readonly kind: "other"; readonly type: string };

export type RouteRule = {
  readonly name?: string | undefined;
  /** Any of them suffices; none at all matches everything. */
  readonly matches: readonly RouteMatch[];
  readonly backendRefs: readonly BackendRef[];
  readonly filters: readonly RouteFilter[];
};

export type HttpRoute = {
  readonly kind: "HTTPRoute" | "GRPCRoute";
  readonly namespace: string;
  readonly name: string;
  readonly parentRefs: readonly ParentRef[];
  readonly hostnames: readonly string[];
  readonly rules: readonly RouteRule[];
};

const GATEWAY_GROUP = "gateway.networking.k8s.io";

/** Reads an HTTPRoute or GRPCRoute. References without a name are left out. */
export function readHttpRoute(object: MeshObject): HttpRoute {
  const spec = shape(object.spec);
  const { namespace, name } = object.metadata;
  return {
    kind: object.kind === "GRPCRoute" ? "GRPCRoute" : "HTTPRoute",
    namespace,
    name,
    parentRefs: shapes(spec["parentRefs"]).flatMap((parent) =>
      readRef(parent, { group: GATEWAY_GROUP, kind: "Gateway", namespace }).map((ref) => ({
        ...ref,
        sectionName: text(parent["sectionName"]),
      })),
    ),
    hostnames: texts(spec["hostnames"]),
    rules: shapes(spec["rules"]).map((rule) => readRule(rule, namespace)),
  };
}

function readRule(rule: Shape, namespace: string): RouteRule {
  const service = { group: "", kind: "Service", namespace };
  return {
    name: text(rule["name"]),
    matches: shapes(rule["matches"]).map(readMatch),
    backendRefs: shapes(rule["backendRefs"]).flatMap((backend) =>
      readRef(backend, service).map((ref) => ({ ...ref, weight: Math.max(0, finite(backend["weight"]) ?? 1) })),
    ),
    filters: shapes(rule["filters"]).flatMap((filter) => readFilter(filter, service)),
  };
}

function readRef(ref: Shape, defaults: { group: string; kind: string; namespace: string }): RouteRef[] {
  const name = text(ref["name"]);
  if (name === undefined) return [];
  return [
    {
      // An empty group is meaningful: it is the core group.
      group: typeof ref["group"] === "string" ? ref["group"] : defaults.group,
      kind: text(ref["kind"]) ?? defaults.kind,
      namespace: text(ref["namespace"]) ?? defaults.namespace,
      name,
      port: finite(ref["port"]),
    },
  ];
}

function readMatch(match: Shape): RouteMatch {
  const path = shape(match["path"]);
  const value = text(path["value"]);
  const grpc = shape(match["method"]);
  const grpcMethod = [text(grpc["service"]) ?? "", text(grpc["method"]) ?? ""].join("/");
  return {
    path: value === undefined ? undefined : { type: text(path["type"]) ?? "PathPrefix", value },
    method: text(match["method"]) ?? (grpcMethod === "/" ? undefined : grpcMethod),
    headers: shapes(match["headers"]).flatMap((header) => {
      const name = text(header["name"]);
      if (name === undefined) return [];
      return [{ type: text(header["type"]) ?? "Exact", name, value: text(header["value"]) ?? "" }];
    }),
  };
}

function readFilter(filter: Shape, defaults: { group: string; kind: string; namespace: string }): RouteFilter[] {
  const type = text(filter["type"]);
  if (type === undefined) return [];
  if (type === "RequestRedirect") return [{ kind: "redirect" }];
  if (type !== "RequestMirror") return [{ kind: "other", type }];
  const mirror = shape(filter["requestMirror"]);
  const fraction = shape(mirror["fraction"]);
  const numerator = finite(fraction["numerator"]);
  const percent =
    finite(mirror["percent"]) ??
    (numerator === undefined ? 100 : (100 * numerator) / (finite(fraction["denominator"]) ?? 100));
  return readRef(shape(mirror["backendRef"]), defaults).map((backend) => ({ kind: "mirror", backend, percent }));
}
