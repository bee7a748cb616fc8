/**
 * The hosts that an object of each kind names, resolved to full names as Istio does (hosts.ts):
 *
 *                       for             what the object applies to
 *                       to              where it sends requests
 *   Service             for             its own full name
 *   VirtualService      for, to         spec.hosts; destinations and mirrors of its routes
 *   DestinationRule     for             spec.host
 *   ServiceEntry        for             spec.hosts
 *   Gateway (both), ListenerSet  for    hosts of servers, without "namespace/"; hostnames of listeners
 *   *Route              for, to         hostnames and parents that are Services; backends and mirrors
 *   BackendTLSPolicy    for             Services it targets
 *   ServiceProfile      for             its own name
 */
import { resolveHost, serviceFqdn } from "./hosts.ts";
import { groupOf, type MeshObject } from "./meshObject.ts";
import { type Shape, shape, shapes, text, texts } from "./shape.ts";

export type NamedHosts = { readonly for: readonly string[]; readonly to: readonly string[] };

const NONE: NamedHosts = { for: [], to: [] };

/** Each host once. Kinds that name none give none. */
export function namedHosts(object: MeshObject): NamedHosts {
  const read = READERS[`${groupOf(object.apiVersion)}/${object.kind}`];
  if (read === undefined) return NONE;
  const named = read(object, shape(object.spec));
  return { for: [...new Set(named.for)], to: [...new Set(named.to)] };
}

type Reader = (object: MeshObject, spec: Shape) => NamedHosts;

const READERS: Readonly<Record<string, Reader>> = {
  "/Service": ({ metadata }) => forHosts([serviceFqdn(metadata.name, metadata.namespace)]),
  "networking.istio.io/VirtualService": readVirtualServiceHosts,
  "networking.istio.io/DestinationRule": (object, spec) => forHosts(resolved(object, texts([spec["host"]]))),
  "networking.istio.io/ServiceEntry": (object, spec) => forHosts(resolved(object, texts(spec["hosts"]))),
  "networking.istio.io/Gateway": (_object, spec) =>
    forHosts(shapes(spec["servers"]).flatMap(({ hosts }) => texts(hosts).map(withoutNamespace))),
  "gateway.networking.k8s.io/Gateway": readListeners,
  "gateway.networking.k8s.io/ListenerSet": readListeners,
  "gateway.networking.k8s.io/HTTPRoute": readRoute,
  "gateway.networking.k8s.io/GRPCRoute": readRoute,
  "gateway.networking.k8s.io/TLSRoute": readRoute,
  "gateway.networking.k8s.io/TCPRoute": readRoute,
  "gateway.networking.k8s.io/UDPRoute": readRoute,
  "gateway.networking.k8s.io/BackendTLSPolicy": (object, spec) => forHosts(services(object, spec["targetRefs"])),
  "policy.linkerd.io/HTTPRoute": readRoute,
  "linkerd.io/ServiceProfile": ({ metadata }) => forHosts([metadata.name]),
};

function readVirtualServiceHosts(object: MeshObject, spec: Shape): NamedHosts {
  const routes = ["http", "tls", "tcp"].flatMap((protocol) => shapes(spec[protocol]));
  const destinations = routes.flatMap(({ route, mirror, mirrors }) => [
    ...[...shapes(route), ...shapes(mirrors)].map(({ destination }) => shape(destination)["host"]),
    shape(mirror)["host"],
  ]);
  return { for: resolved(object, texts(spec["hosts"])), to: resolved(object, texts(destinations)) };
}

/** A listener without a hostname takes every host. */
function readListeners(_object: MeshObject, spec: Shape): NamedHosts {
  return forHosts(shapes(spec["listeners"]).map(({ hostname }) => text(hostname) ?? "*"));
}

function readRoute(object: MeshObject, spec: Shape): NamedHosts {
  const rules = shapes(spec["rules"]);
  const mirrors = rules.flatMap(({ filters }) =>
    shapes(filters).map(({ requestMirror }) => shape(requestMirror)["backendRef"]),
  );
  return {
    for: [...texts(spec["hostnames"]), ...services(object, spec["parentRefs"], "Gateway")],
    to: services(object, [...rules.flatMap(({ backendRefs }) => shapes(backendRefs)), ...mirrors]),
  };
}

/** Full names of the Services among references; one that names no kind is of the kind given. */
function services({ metadata }: MeshObject, references: unknown, unnamed = "Service"): string[] {
  return shapes(references).flatMap(({ group, kind, name, namespace }) => {
    const isCore = group === "" || (group === undefined && unnamed === "Service");
    const isService = isCore && (kind ?? unnamed) === "Service" && typeof name === "string";
    return isService ? [serviceFqdn(name, text(namespace) ?? metadata.namespace)] : [];
  });
}

function forHosts(hosts: readonly string[]): NamedHosts {
  return { for: hosts, to: [] };
}

function resolved({ metadata }: MeshObject, hosts: readonly string[]): string[] {
  return hosts.map((host) => resolveHost(host, metadata.namespace));
}

function withoutNamespace(host: string): string {
  return host.slice(host.indexOf("/") + 1);
}
