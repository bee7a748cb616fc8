/**
 * What routing configuration does to each service.
 *   VirtualService   concerns the services its hosts name; bound to a gateway under other names, those it routes to
 *   DestinationRule  concerns the service it names; one with a wildcard, those that no other rule names
 *   HTTPRoute, GRPCRoute  concern their parent Services; attached to a Gateway, the Services they route to
 */
import { type DestinationRule, readDestinationRule, type TrafficPolicy } from "./destinationRule.ts";
import { getOrAdd } from "./getOrAdd.ts";
import { hostsOverlap, resolveHost, serviceFqdn } from "./hosts.ts";
import { type HttpRoute, readHttpRoute } from "./httpRoute.ts";
import type { MeshView } from "./meshIndex.ts";
import type { ServiceFlag } from "./meshNodes.ts";
import type { MeshObject } from "./meshObject.ts";
import { readOnce } from "./readOnce.ts";
import { durationSeconds, shape, shapes } from "./shape.ts";
import { readVirtualService, type VirtualService, weightShares } from "./virtualService.ts";
import { mapInPieces, type Work } from "./work.ts";

/** Flags by host (an FQDN or a ServiceEntry host), some perhaps twice; `hosts` are all the hosts there are. */
export function* collectServiceFlags(
  index: MeshView,
  hosts: ReadonlySet<string>,
): Work<ReadonlyMap<string, readonly ServiceFlag[]>> {
  const flagsOf = new Map<string, ServiceFlag[]>();
  const mark = (host: string, flags: readonly ServiceFlag[]): void => {
    getOrAdd(flagsOf, host, () => []).push(...flags);
  };

  const virtualServices = yield* mapInPieces(index.list("networking.istio.io/VirtualService"), virtualServiceEffect);
  for (const effect of virtualServices) for (const host of concernedHosts(effect, hosts)) mark(host, effect.flags);
  yield;

  const rules = yield* mapInPieces(index.list("networking.istio.io/DestinationRule"), destinationRuleEffect);
  const named = new Set<string>();
  for (const { host, flags } of rules) {
    if (host.startsWith("*")) continue;
    named.add(host);
    mark(host, flags);
  }
  for (const rule of rules) {
    if (!rule.host.startsWith("*")) continue;
    for (const host of hosts) if (!named.has(host) && hostsOverlap(rule.host, host)) mark(host, rule.flags);
  }
  yield;

  for (const kind of ["HTTPRoute", "GRPCRoute"] as const) {
    const routes = yield* mapInPieces(index.list(`gateway.networking.k8s.io/${kind}`), httpRouteEffect);
    for (const { hosts: routed, flags } of routes) for (const host of routed) mark(host, flags);
  }
  return flagsOf;
}

const virtualServiceEffect = readOnce((object) => {
  const rule = readVirtualService(object);
  const routes = [...rule.http, ...rule.tcp, ...rule.tls].flatMap(({ route }) => route);
  const resolve = (host: string) => resolveHost(host, rule.namespace);
  return {
    hosts: rule.hosts.map(resolve),
    inMesh: rule.gateways.includes("mesh"),
    destinations: routes.map(({ host }) => resolve(host)),
    flags: virtualServiceFlags(rule),
  };
});

const destinationRuleEffect = readOnce((object) => {
  const rule = readDestinationRule(object);
  return { host: resolveHost(rule.host, rule.namespace), flags: destinationRuleFlags(rule) };
});

const httpRouteEffect = readOnce((object) => {
  const route = readHttpRoute(object);
  return { hosts: routedHosts(route), flags: httpRouteFlags(route, object) };
});

function concernedHosts(
  { hosts: own, inMesh, destinations }: ReturnType<typeof virtualServiceEffect>,
  hosts: ReadonlySet<string>,
): readonly string[] {
  const concerned = own.flatMap((host) => {
    if (!host.startsWith("*")) return hosts.has(host) ? [host] : [];
    return inMesh ? [...hosts].filter((candidate) => hostsOverlap(host, candidate)) : [];
  });
  return concerned.length > 0 ? concerned : destinations;
}

function virtualServiceFlags({ http, tcp, tls }: VirtualService): ServiceFlag[] {
  const flags: ServiceFlag[] = ["hasVirtualService"];
  if ([...http, ...tcp, ...tls].some(({ route }) => isSplit(weightShares(route)))) flags.push("hasTrafficSplit");
  if (http.some(({ fault }) => (fault?.abort?.percent ?? 0) > 0 || (fault?.delay?.percent ?? 0) > 0))
    flags.push("hasFaultInjection");
  if (http.some(({ mirrors }) => mirrors.some(({ percent }) => percent > 0))) flags.push("hasMirroring");
  if (http.some(({ timeoutSeconds }) => (timeoutSeconds ?? 0) > 0)) flags.push("hasRequestTimeout");
  return flags;
}

function destinationRuleFlags(rule: DestinationRule): ServiceFlag[] {
  const policies = [rule.trafficPolicy, ...rule.subsets.map((subset) => subset.trafficPolicy), ...rule.portPolicies];
  return policies.some(breaksCircuits) ? ["hasDestinationRule", "hasCircuitBreaker"] : ["hasDestinationRule"];
}

/** Ejecting hosts or limiting connections: both make Envoy answer in the server's place. */
function breaksCircuits(policy: TrafficPolicy | undefined): boolean {
  const limits = policy?.connectionPool && Object.values(policy.connectionPool);
  return policy?.outlierDetection !== undefined || (limits?.some((limit) => limit !== undefined) ?? false);
}

function routedHosts(route: HttpRoute): string[] {
  const isService = (ref: { group: string; kind: string }): boolean => ref.group === "" && ref.kind === "Service";
  const parents = route.parentRefs.filter(isService);
  const isAttachedToGateway = parents.length < route.parentRefs.length;
  const backends = isAttachedToGateway ? route.rules.flatMap((rule) => rule.backendRefs).filter(isService) : [];
  return [...parents, ...backends].map(({ name, namespace }) => serviceFqdn(name, namespace));
}

function httpRouteFlags({ rules }: HttpRoute, object: MeshObject): ServiceFlag[] {
  const flags: ServiceFlag[] = ["hasHttpRoute"];
  if (rules.some(({ backendRefs }) => isSplit(backendRefs.map(({ weight }) => weight)))) flags.push("hasTrafficSplit");
  if (rules.some(({ filters }) => filters.some((filter) => filter.kind === "mirror" && filter.percent > 0)))
    flags.push("hasMirroring");
  const timeouts = shapes(shape(object.spec)["rules"]).map((rule) => shape(rule["timeouts"])["request"]);
  if (timeouts.some((timeout) => (durationSeconds(timeout) ?? 0) > 0)) flags.push("hasRequestTimeout");
  return flags;
}

function isSplit(shares: readonly number[]): boolean {
  return shares.filter((share) => share > 0).length > 1;
}
