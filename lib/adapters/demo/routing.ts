/**
 * Where a call goes, by the configuration: the simulator's data plane. One call becomes legs, each with its share:
 *
 *   reviews ──▶ rule of the VirtualService ──▶ subset v1 ──▶ workload reviews-v1   0.9
 *                                        └──▶ subset v2 ──▶ workload reviews-v2   0.1
 *                                        └╌╌▶ mirror    ──▶ workload shadow       1.0 (besides)
 */
import { hostsOverlap, resolveHost } from "#lib/domain/mesh/hosts.ts";
import type { RouteRule } from "#lib/domain/mesh/httpRoute.ts";
import { matchesLabels } from "#lib/domain/mesh/labels.ts";
import { type Fault, type HttpRule, type VirtualService, weightShares } from "#lib/domain/mesh/virtualService.ts";
import type { KnownService, MeshView, Workload } from "./meshView.ts";
import { aborted, blocked, noRoute, type Response, unavailable } from "./responses.ts";
import { appliesTo, fitsMatch, fitsRouteMatch, type Request } from "./routeMatching.ts";

/** The service called, as telemetry names it. */
export type ServiceIdentity = { readonly host: string; readonly name: string; readonly namespace: string };

export type Leg = {
  /** Share of the call's requests, 0–1. */
  readonly share: number;
  readonly service: ServiceIdentity;
  readonly target:
    | { readonly kind: "workload"; readonly workload: Workload; readonly waypoint?: Workload | undefined }
    | { readonly kind: "external" }
    /** The client's proxy answers itself: nothing reaches a server. */
    | { readonly kind: "reply"; readonly reply: Response };
  /** The client's DestinationRule says plain text. */
  readonly plaintext: boolean;
  readonly mirrored: boolean;
  readonly delaySeconds: number;
  readonly timeoutSeconds?: number | undefined;
};

type RoutedHost = { readonly host: string; readonly subset?: string | undefined; readonly share: number };

type Decision = {
  readonly destinations: readonly RoutedHost[];
  readonly mirrors: readonly RoutedHost[];
  readonly fault?: Fault | undefined;
  readonly timeoutSeconds?: number | undefined;
  /** Set where the route answers by itself or there is none. */
  readonly reply?: Response;
};

/** Splits a call into legs whose shares, mirrors aside, sum to 1. A caller of undefined stands outside the mesh. */
export function resolveCall(view: MeshView, caller: Workload | undefined, request: Request): Leg[] {
  const decision = decide(view, caller, request);
  const fault = decision.fault;
  const abort = decision.reply === undefined ? fault?.abort : undefined;
  const abortedShare = abort === undefined ? 0 : abort.percent / 100;
  const delayed = fault?.delay ? fault.delay.percent / 100 : 0;
  const legs: Leg[] = [];
  if (decision.reply !== undefined) legs.push(replyLeg(view, caller, request.host, 1, decision.reply));
  if (abort !== undefined && abortedShare > 0) {
    const host = decision.destinations[0]?.host ?? request.host;
    legs.push(replyLeg(view, caller, host, abortedShare, aborted(request.protocol, abort)));
  }
  const context = { request, timeoutSeconds: decision.timeoutSeconds };
  for (const destination of decision.destinations) {
    const share = destination.share * (1 - abortedShare);
    const through = (part: number, delaySeconds: number): void => {
      if (part > 0)
        legs.push(...toHost(view, caller, { ...destination, share: share * part }, { ...context, delaySeconds }));
    };
    through(1 - delayed, 0);
    through(delayed, fault?.delay?.seconds ?? 0);
  }
  for (const mirror of decision.mirrors) {
    const copies = toHost(
      view,
      caller,
      { ...mirror, share: mirror.share * (1 - abortedShare) },
      { request, delaySeconds: 0 },
    );
    legs.push(...copies.map((leg) => ({ ...leg, mirrored: true })));
  }
  return legs;
}

function decide(view: MeshView, caller: Workload | undefined, request: Request): Decision {
  const straight: Decision = { destinations: [{ host: request.host, share: 1 }], mirrors: [] };
  const service = view.service(request.host);
  const routes =
    caller !== undefined &&
    (caller.mode === "sidecar" || caller.mode === "proxy" || (caller.mode === "ambient" && service?.waypoint));
  if (!routes) return straight;
  if (caller.mode === "proxy") return decideAtGateway(view, caller, request) ?? straight;
  if (service !== undefined) {
    const routeRules = view.routesOf(`Service/${service.namespace}/${service.name}`).flatMap((route) => route.rules);
    if (routeRules.length > 0) return fromRoute(routeRules, request);
  }
  const rule = view
    .virtualServices(request.host)
    .find((candidate) => appliesTo(candidate.gateways, candidate, caller) && isVisible(candidate, caller.namespace));
  if (rule === undefined) return straight;
  if (request.protocol === "tcp") {
    const match = rule.tcp.find((item) => item.match.every((m) => m.port === undefined || m.port === request.port));
    return match ? { destinations: shared(match.route, rule.namespace), mirrors: [] } : straight;
  }
  if (rule.http.length === 0) return straight;
  return fromVirtualService([{ rule, http: rule.http }], caller, request);
}

function decideAtGateway(view: MeshView, caller: Workload, request: Request): Decision | undefined {
  const rules = view.virtualServices(request.host).filter((rule) => appliesTo(rule.gateways, rule, caller));
  if (rules.length > 0) {
    return fromVirtualService(
      rules.map((rule) => ({ rule, http: rule.http })),
      caller,
      request,
    );
  }
  const routes = caller.gateways
    .flatMap((name) => view.routesOf(`Gateway/${name}`))
    .filter(
      (route) => route.hostnames.length === 0 || route.hostnames.some((host) => hostsOverlap(host, request.host)),
    );
  if (routes.length > 0)
    return fromRoute(
      routes.flatMap((route) => route.rules),
      request,
    );
  // A name of the cluster is reached without a route only where a manifest's service has none yet.
  return view.service(request.host) === undefined ? notFound(request) : undefined;
}

function fromVirtualService(
  rules: readonly { readonly rule: VirtualService; readonly http: readonly HttpRule[] }[],
  caller: Workload,
  request: Request,
): Decision {
  for (const { rule, http } of rules) {
    const match = http.find(
      (item) => item.match.length === 0 || item.match.some((m) => fitsMatch(m, rule, caller, request)),
    );
    if (match === undefined) continue;
    const status = match.directResponseStatus ?? (match.redirects ? 301 : undefined);
    if (status !== undefined) {
      return { destinations: [], mirrors: [], reply: { code: String(status), grpcStatus: "", flags: "-" } };
    }
    return {
      destinations: shared(match.route, rule.namespace),
      mirrors: match.mirrors.map((mirror) => ({
        host: resolveHost(mirror.host, rule.namespace),
        subset: mirror.subset,
        share: mirror.percent / 100,
      })),
      fault: match.fault,
      timeoutSeconds: match.timeoutSeconds,
      ...(match.route.length === 0 && { reply: noRoute(request.protocol) }),
    };
  }
  return notFound(request);
}

function fromRoute(rules: readonly RouteRule[], request: Request): Decision {
  const rule = rules.find(
    (item) => item.matches.length === 0 || item.matches.some((match) => fitsRouteMatch(match, request)),
  );
  if (rule === undefined) return notFound(request);
  const shares = weightShares(rule.backendRefs);
  return {
    destinations: rule.backendRefs.map((backend, at) => ({
      host: resolveHost(backend.name, backend.namespace),
      share: shares[at] ?? 0,
    })),
    mirrors: rule.filters.flatMap((filter) =>
      filter.kind === "mirror"
        ? [{ host: resolveHost(filter.backend.name, filter.backend.namespace), share: filter.percent / 100 }]
        : [],
    ),
    ...(rule.backendRefs.length === 0 && { reply: noRoute(request.protocol) }),
  };
}

type Passage = {
  readonly request: Request;
  readonly delaySeconds: number;
  readonly timeoutSeconds?: number | undefined;
};

/** From a host to the workloads behind it, in proportion to their pods. */
function toHost(view: MeshView, caller: Workload | undefined, to: RoutedHost, passage: Passage): Leg[] {
  if (to.share === 0) return [];
  const { request, delaySeconds, timeoutSeconds } = passage;
  const service = view.service(to.host);
  const reply = (share: number, flags: string): Leg =>
    replyLeg(view, caller, to.host, share, unavailable(request.protocol, flags));
  const rest = { mirrored: false, delaySeconds, timeoutSeconds };
  if (service === undefined) {
    if (to.host.endsWith(".svc.cluster.local")) return [reply(to.share, "NC")];
    if (isBlocked(view, caller, to.host)) return [replyLeg(view, caller, to.host, to.share, blocked(request.protocol))];
    const identity = identityOf(view, caller, to.host);
    return [{ share: to.share, service: identity, target: { kind: "external" }, plaintext: true, ...rest }];
  }
  const rule = caller === undefined ? undefined : view.destinationRule(to.host, caller.namespace);
  const subset = rule?.subsets.find((item) => item.name === to.subset);
  if (to.subset !== undefined && subset === undefined) return [reply(to.share, "NC")];
  const workloads = endpointsOf(service, subset?.labels ?? {});
  if (workloads.length === 0) return [reply(to.share, "UH")];

  const overflow = overflowShare(
    (subset?.trafficPolicy ?? rule?.trafficPolicy)?.connectionPool?.http1MaxPendingRequests,
  );
  const pods = workloads.reduce((sum, workload) => sum + workload.pods.length, 0);
  const tlsMode = subset?.trafficPolicy?.tlsMode ?? rule?.trafficPolicy?.tlsMode;
  const legs = workloads.map(
    (workload): Leg => ({
      share: (to.share * (1 - overflow) * workload.pods.length) / pods,
      service: { host: service.fqdn, name: service.name, namespace: service.namespace },
      target: { kind: "workload", workload, waypoint: service.waypoint },
      plaintext: tlsMode === "DISABLE",
      ...rest,
    }),
  );
  return overflow > 0 ? [...legs, reply(to.share * overflow, "UO")] : legs;
}

function endpointsOf(service: KnownService, labels: Readonly<Record<string, string>>): Workload[] {
  return service.workloads.filter((workload) => workload.pods.length > 0 && matchesLabels(labels, workload.labels));
}

/** A tight connection pool turns away some of the bursts that the simulator's smooth rates do not show. */
function overflowShare(maxPendingRequests: number | undefined): number {
  return maxPendingRequests !== undefined && maxPendingRequests <= 10 ? 0.04 / Math.max(1, maxPendingRequests) : 0;
}

function replyLeg(view: MeshView, caller: Workload | undefined, host: string, share: number, reply: Response): Leg {
  const service = identityOf(view, caller, host);
  return {
    share,
    service,
    target: { kind: "reply", reply },
    plaintext: false,
    mirrored: false,
    delaySeconds: 0,
  };
}

/** Where only hosts of the mesh may be called, hosts nobody declared are not. */
function isBlocked(view: MeshView, caller: Workload | undefined, host: string): boolean {
  return caller?.mode === "sidecar" && view.serviceEntry(host) === undefined && view.registryOnly(caller);
}

/** Hosts of ServiceEntries carry the caller's namespace; hosts nobody declared are one of Envoy's own clusters'. */
function identityOf(view: MeshView, caller: Workload | undefined, host: string): ServiceIdentity {
  const service = view.service(host);
  if (service !== undefined) return { host, name: service.name, namespace: service.namespace };
  if (view.serviceEntry(host) !== undefined) return { host, name: host, namespace: caller?.namespace ?? "unknown" };
  const [first, second, svc] = host.split(".");
  if (svc === "svc" && first !== undefined && second !== undefined) return { host, name: first, namespace: second };
  if (caller?.mode === "proxy") return { host, name: host, namespace: "unknown" };
  const name = isBlocked(view, caller, host) ? "BlackHoleCluster" : "PassthroughCluster";
  return { host, name, namespace: "unknown" };
}

function shared(
  destinations: readonly {
    readonly host: string;
    readonly subset?: string | undefined;
    readonly weight?: number | undefined;
  }[],
  namespace: string,
): RoutedHost[] {
  const shares = weightShares(destinations);
  return destinations.map(({ host, subset }, at) => ({
    host: resolveHost(host, namespace),
    subset,
    share: shares[at] ?? 0,
  }));
}

function isVisible(rule: VirtualService, namespace: string): boolean {
  if (rule.exportTo.length === 0 || rule.exportTo.includes("*") || rule.exportTo.includes(namespace)) return true;
  return rule.exportTo.includes(".") && rule.namespace === namespace;
}

function notFound(request: Request): Decision {
  return { destinations: [], mirrors: [], reply: noRoute(request.protocol) };
}
