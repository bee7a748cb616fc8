/**
 * What Istio's proxies report of a world.
 *
 *   sidecar ─────────────▶ sidecar      source and destination rows
 *   no proxy ────────────▶ sidecar      destination rows from "unknown"
 *   sidecar ─────────────▶ no proxy     source rows
 *   ambient ─▶ waypoint ─▶ ambient      waypoint rows of the call; ztunnel rows of both legs
 *   ambient ─────────────▶ sidecar      destination rows of the call; a ztunnel row of its leg
 *   ambient ─────────────▶ ambient      ztunnel rows, source and destination
 */
import type { EdgeLabels, RateReport, Reporter, RequestReport, TcpReport } from "#lib/domain/telemetry/reports.ts";
import {
  clientReports,
  gapOf,
  hostOf,
  isAmbient,
  principalOf,
  type Requests,
  serverReporter,
  type Traffic,
  type Workload,
  type World,
  waypointOf,
} from "./world.ts";

/** How far off each reported figure is, as a factor: two ends are scraped at different instants. */
export type Skew = () => number;

export function emitReports(world: World, skew: Skew = () => 1): RateReport {
  const requests: RequestReport[] = [];
  const tcp: TcpReport[] = [];
  for (const traffic of world.traffic) {
    for (const end of endsOf(world, traffic)) {
      if (traffic.kind === "tcp") tcp.push(...tcpRows(traffic, end, skew));
      else requests.push(...requestRows(traffic, end, skew));
    }
    tcp.push(...tunnelLegs(traffic, skew));
  }
  return { atSeconds: 1_000_000, windowSeconds: 300, requests, tcp, warnings: [], quality: [] };
}

/** One proxy that reports, and what it knows of both ends. */
type End = { readonly reporter: Reporter; readonly app: string; readonly labels: EdgeLabels };

function endsOf(world: World, traffic: Traffic): End[] {
  const { caller, target } = traffic;
  const gap = gapOf(world, traffic);
  const ends: End[] = [];
  if (clientReports(traffic)) {
    const known = gap === "clientTarget" ? undefined : target;
    const labels = edgeLabels(traffic, caller, known);
    ends.push({
      reporter: "source",
      app: isAmbient(caller) ? "ztunnel" : "client",
      labels: gap === "clientCluster" ? { ...labels, destinationCluster: "unknown" } : labels,
    });
  }
  const reporter = serverReporter(traffic);
  if (reporter !== undefined) {
    const labels = edgeLabels(traffic, caller, target);
    ends.push({
      reporter,
      app: target?.proxy === "ambient" ? "ztunnel" : "server",
      labels: gap === "serverCluster" ? { ...labels, sourceCluster: "unknown" } : labels,
    });
  }
  return ends;
}

function edgeLabels(
  { service, caller }: Traffic,
  source: Workload | undefined,
  target: Workload | undefined,
): EdgeLabels {
  const unknown = { cluster: "unknown", namespace: "unknown", name: "unknown" };
  const from = source ?? unknown;
  const to = target ?? unknown;
  const envoy = service.name.endsWith("Cluster");
  return {
    sourceCluster: from.cluster,
    sourceNamespace: from.namespace,
    sourceWorkload: from.name,
    sourceApp: from.name,
    sourceVersion: source === undefined ? "unknown" : "latest",
    destinationCluster: to.cluster,
    // Istio gives hosts outside the mesh the namespace of the caller.
    destinationServiceNamespace: envoy ? "unknown" : service.namespace || (caller?.namespace ?? "unknown"),
    destinationService: hostOf(service),
    destinationServiceName: service.name,
    destinationNamespace: to.namespace,
    destinationWorkload: to.name,
    destinationApp: to.name,
    destinationVersion: target === undefined ? "unknown" : "latest",
  };
}

/** Shares of the traffic by how they are secured. Only the server's side and ztunnels can tell. */
function securityOf(traffic: Traffic, reporter: Reporter, app: string) {
  const secured = {
    securityPolicy: "mutual_tls",
    sourcePrincipal: traffic.caller === undefined ? "unknown" : principalOf(traffic.caller),
    destinationPrincipal: traffic.target === undefined ? "unknown" : principalOf(traffic.target),
  };
  const plain = { securityPolicy: "none", sourcePrincipal: "unknown", destinationPrincipal: "unknown" };
  const blind = { ...plain, securityPolicy: "unknown" };
  if (reporter === "source" && app !== "ztunnel") return [{ share: 1, security: blind }];
  const halves = [
    { share: 0.5, security: secured },
    { share: 0.5, security: plain },
  ];
  return traffic.secured === "half" ? halves : [{ share: 1, security: traffic.secured === "all" ? secured : plain }];
}

function requestRows(traffic: Requests, { reporter, app, labels }: End, skew: Skew): RequestReport[] {
  return traffic.outcomes.flatMap((outcome) => {
    const result = reporter === "source" ? outcome.client : outcome.server;
    if (result === undefined) return [];
    const [code = "", responseFlags = "-"] = result.split(" ");
    // Envoy's own answers to gRPC calls that it did not pass on carry an HTTP status, all others 200 and a gRPC status.
    const isGrpc = traffic.kind === "grpc" && code !== "-" && code.length < 3;
    // Calls that reached nobody name nobody.
    const isSent =
      reporter !== "source" || outcome.server !== undefined || traffic.target === undefined || !hasEnded(responseFlags);
    const edge = isSent ? labels : edgeLabels(traffic, traffic.caller, undefined);
    return securityOf(traffic, reporter, app).map(({ share, security }) => ({
      ...edge,
      ...security,
      reporter,
      protocol: traffic.kind,
      responseCode: code === "-" ? "0" : isGrpc ? "200" : code,
      grpcStatus: isGrpc ? code : "",
      responseFlags,
      perSecond: outcome.perSecond * share * skew(),
    }));
  });
}

/** No endpoint was chosen. */
function hasEnded(flags: string): boolean {
  return flags === "UH" || flags === "NR";
}

function tcpRows(traffic: Traffic & { kind: "tcp" }, { reporter, app, labels }: End, skew: Skew): TcpReport[] {
  const metrics = [
    ["sentBytes", traffic.sent],
    ["receivedBytes", traffic.received],
    ["connectionsOpened", traffic.opened],
  ] as const;
  return metrics.flatMap(([metric, amount]) =>
    securityOf(traffic, reporter, app).map(({ share, security }) => ({
      ...labels,
      ...security,
      reporter,
      reporterApp: app,
      responseFlags: "-",
      metric,
      perSecond: amount * share * skew(),
    })),
  );
}

function isServed(traffic: Traffic): boolean {
  return traffic.kind === "tcp" || traffic.outcomes.some(({ server }) => server !== undefined);
}

/** The transport of calls that somebody else reports in full. */
function tunnelLegs(traffic: Traffic, skew: Skew): TcpReport[] {
  const { caller, target } = traffic;
  if (target === undefined || caller === undefined || !isServed(traffic)) return [];
  const leg = (reporter: Reporter, from: Workload, to: Workload): TcpReport[] =>
    tcpRows(
      { ...traffic, kind: "tcp", caller: from, target: to, secured: "all", sent: 7000, received: 900, opened: 0.1 },
      { reporter, app: "ztunnel", labels: edgeLabels(traffic, from, to) },
      skew,
    );
  if (target.proxy === "waypoint") {
    const waypoint = waypointOf(target);
    const first = isAmbient(caller) ? leg("source", caller, waypoint) : [];
    return [...first, ...leg("destination", waypoint, target)];
  }
  return traffic.kind !== "tcp" && isAmbient(caller) && target.proxy === "sidecar" ? leg("source", caller, target) : [];
}
