/**
 * What the proxies on a call's way report of it, with Istio's labels. One stream is one label set of one reporter.
 *
 *   sidecar ──▶ sidecar      source row + destination row (the latter knows about mutual TLS)
 *   sidecar ──▶ no proxy     source row
 *   no proxy ─▶ sidecar      destination row from "unknown"
 *   sidecar ──▶ nowhere      source row to "unknown", with response flags
 *   ambient ──▶ waypoint ──▶ ambient     waypoint row, and a TCP row of the ztunnel on either side
 */
import type { EdgeLabels, Reporter } from "#lib/domain/telemetry/reports.ts";
import { type CallGraph, clientTime, isMutual, type Node, type Passage } from "./callGraph.ts";
import type { MeshView, Workload } from "./meshView.ts";
import type { ResponseTime } from "./responseTime.ts";
import type { ServiceIdentity } from "./routing.ts";
import type { Call } from "./world.ts";

export type Stream = {
  /** Its place among all streams: arrays of figures are kept by it. */
  readonly index: number;
  readonly kind: "request" | "tcp";
  readonly reporter: Reporter;
  readonly edge: EdgeLabels;
  /** The `app` and `version` labels of the peers as such; "unknown" where absent. */
  readonly peers: {
    readonly sourceApp: string;
    readonly sourceVersion: string;
    readonly destinationApp: string;
    readonly destinationVersion: string;
  };
  readonly sourcePrincipal: string;
  readonly destinationPrincipal: string;
  readonly protocol: string;
  readonly responseCode: string;
  readonly grpcStatus: string;
  readonly responseFlags: string;
  readonly securityPolicy: string;
  /** Namespace and `app` label of the reporting pods. */
  readonly reporterNamespace: string;
  readonly reporterApp: string;
  /** Whether sums over the mesh count this stream: every call is told by exactly one such stream. */
  readonly counted: boolean;
};

/** A part of a stream: so many of its events for one request of a node. */
export type Flow = {
  readonly stream: Stream;
  /** Place of the node in the call graph. */
  readonly node: number;
  readonly perRequest: number;
  readonly pods: readonly string[];
  /** Absent for TCP. */
  readonly time?: ResponseTime | undefined;
  /** Bytes and connections of one event. */
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly connections: number;
};

/** Finds the stream of a key, or makes it. */
export type StreamOf = (key: string, make: () => Omit<Stream, "index">) => Stream;

type Status = { readonly code: string; readonly grpcStatus: string; readonly flags: string };
type Peer = Workload | undefined;

const CLUSTER = "primary";
/** Connections opened for each TCP exchange, and for each request between ztunnels: pools keep them open. */
const TCP_CONNECTIONS = 0.2;
const HBONE_CONNECTIONS = 0.05;
const QUICK: ResponseTime = { meanMilliseconds: 0.4, steepness: 4, delayedShare: 0, delayMilliseconds: 0 };
const EXTERNAL: ResponseTime = { meanMilliseconds: 90, steepness: 3, delayedShare: 0, delayMilliseconds: 0 };

/** The flows of everything a call graph does. Streams are found by key, so that they outlive the configuration. */
export function reportCalls(view: MeshView, graph: CallGraph, streamOf: StreamOf): Flow[] {
  const flows: Flow[] = [];
  let place = -1;
  for (const node of graph.nodes.values()) {
    place += 1;
    if (node.requests.size === 0) continue;
    for (const { call, passages } of node.calls) {
      for (const passage of passages) {
        const share = call.perRequest * passage.leg.share;
        if (share > 0) reportPassage({ view, graph, node, place, call, passage, share, streamOf, flows });
      }
    }
  }
  return flows;
}

type Reporting = {
  readonly view: MeshView;
  readonly graph: CallGraph;
  readonly node: Node;
  readonly place: number;
  readonly call: Call;
  readonly passage: Passage;
  readonly share: number;
  readonly streamOf: StreamOf;
  readonly flows: Flow[];
};

function reportPassage(context: Reporting): void {
  const { view, node, call, passage, share } = context;
  const { leg } = passage;
  const caller = node.workload;
  const tellsRequests = clientTells(caller, passage);
  const tells = (status: Status, part: number, time: ResponseTime, to?: Workload): void => {
    if (part <= 0 || !tellsRequests) return;
    addRequests(context, {
      from: caller,
      to,
      reporter: "source",
      by: caller,
      status,
      part,
      time,
      mutual: false,
      counted: true,
    });
  };
  if (leg.target.kind === "reply") {
    if (call.protocol !== "tcp") tells(leg.target.reply, share, QUICK);
    return;
  }
  if (leg.target.kind === "external") {
    if (call.protocol === "tcp") {
      if (tellsRequests)
        addTcp(context, {
          from: caller,
          to: undefined,
          reporter: "source",
          by: caller,
          part: share,
          mutual: false,
          counted: true,
        });
    } else tells(statusOf(call.protocol, "200"), share, EXTERNAL);
    return;
  }
  if (call.protocol !== "tcp") {
    // An endpoint had been chosen, and the client knows from its own configuration whose it was.
    tells(failed(call.protocol, "UF"), share * passage.refused, QUICK, leg.target.workload);
    tells(failed(call.protocol, "UC"), share * passage.broken, QUICK, leg.target.workload);
  }
  const server = passage.server === undefined ? undefined : context.graph.nodes.get(passage.server);
  const reached = share * passage.reached;
  if (server?.workload === undefined || reached <= 0) return;
  const mutual = isMutual(view, caller, leg);
  if (call.protocol === "tcp") reportTcp(context, server.workload, reached, mutual);
  else reportRequests(context, server, reached, mutual);
}

function reportTcp(context: Reporting, target: Workload, part: number, mutual: boolean): void {
  const caller = context.node.workload;
  const destinationTells = target.mode === "sidecar";
  if (caller?.mode === "sidecar" || caller?.mode === "proxy") {
    addTcp(context, {
      from: caller,
      to: target,
      reporter: "source",
      by: caller,
      part,
      mutual,
      counted: !destinationTells && target.mode !== "ambient",
    });
  }
  if (destinationTells)
    addTcp(context, {
      from: visible(caller),
      to: target,
      reporter: "destination",
      by: target,
      part,
      mutual,
      counted: true,
    });
  addTunnels(context, target, part, mutual, true, 1);
}

function reportRequests(context: Reporting, server: Node, part: number, mutual: boolean): void {
  const caller = context.node.workload;
  const { call, passage } = context;
  const target = server.workload;
  if (target === undefined) return;
  const waypoint = passage.leg.target.kind === "workload" ? passage.leg.target.waypoint : undefined;
  const throughWaypoint = waypoint !== undefined && caller?.mode === "ambient" && target.mode === "ambient";
  const sourceTells = clientTells(caller, passage);
  const destinationTells = target.mode === "sidecar";
  const atClient = clientTime(server.time, passage.leg.delaySeconds);
  const delayFlag = passage.leg.delaySeconds > 0 ? "DI" : "-";
  const inTime = part * (1 - passage.late);
  for (const { status, share } of responsesOf(server, call.protocol)) {
    const row = { to: target, part: inTime * share, mutual, status };
    if (sourceTells)
      addRequests(context, {
        ...row,
        from: caller,
        reporter: "source",
        by: caller,
        time: atClient,
        status: { ...status, flags: delayFlag },
        counted: !destinationTells,
      });
    if (destinationTells)
      addRequests(context, {
        ...row,
        from: visible(caller),
        reporter: "destination",
        by: target,
        time: server.time,
        counted: true,
      });
    if (throughWaypoint)
      addRequests(context, { ...row, from: caller, reporter: "waypoint", by: waypoint, time: atClient, counted: true });
  }
  if (passage.late > 0) {
    const limit = (passage.leg.timeoutSeconds ?? 0) * 1000;
    const time = { meanMilliseconds: limit, steepness: 60, delayedShare: 0, delayMilliseconds: 0 };
    const row = { to: target, part: part * passage.late, mutual, time };
    const timedOut =
      call.protocol === "grpc"
        ? { code: "200", grpcStatus: "14", flags: "UT" }
        : { code: "504", grpcStatus: "", flags: "UT" };
    if (sourceTells)
      addRequests(context, { ...row, from: caller, reporter: "source", by: caller, status: timedOut, counted: true });
    if (throughWaypoint)
      addRequests(context, {
        ...row,
        from: caller,
        reporter: "waypoint",
        by: waypoint,
        status: timedOut,
        counted: true,
      });
    // The server saw its client hang up.
    const hungUp = { code: "0", grpcStatus: "", flags: "DC" };
    if (destinationTells)
      addRequests(context, {
        ...row,
        from: visible(caller),
        reporter: "destination",
        by: target,
        status: hungUp,
        counted: false,
      });
  }
  addTunnels(
    context,
    target,
    part,
    mutual,
    !sourceTells && !throughWaypoint,
    HBONE_CONNECTIONS,
    throughWaypoint ? waypoint : undefined,
  );
}

/** The TCP rows of the ztunnels of an ambient client and an ambient server; a waypoint cuts the way in two. */
function addTunnels(
  context: Reporting,
  target: Workload,
  part: number,
  mutual: boolean,
  counted: boolean,
  connections: number,
  waypoint?: Workload,
): void {
  const caller = context.node.workload;
  const serverTunnel = target.mode === "ambient";
  if (caller?.mode === "ambient") {
    addTcp(context, {
      from: caller,
      to: waypoint ?? target,
      reporter: "source",
      by: caller,
      tunnel: true,
      part,
      mutual,
      counted: counted && !serverTunnel && target.mode !== "sidecar",
      connections,
    });
  }
  if (serverTunnel) {
    addTcp(context, {
      from: waypoint ?? visible(caller),
      to: target,
      reporter: "destination",
      by: target,
      tunnel: true,
      part,
      mutual,
      counted,
      connections,
    });
  }
}

type Row = {
  readonly from: Peer;
  readonly to: Peer;
  readonly reporter: Reporter;
  readonly by: Workload;
  readonly part: number;
  readonly mutual: boolean;
  readonly counted: boolean;
};

function addRequests(context: Reporting, row: Row & { readonly status: Status; readonly time: ResponseTime }): void {
  const { call } = context;
  addFlow(
    context,
    row,
    {
      kind: "request",
      protocol: call.protocol,
      responseCode: row.status.code,
      grpcStatus: row.status.grpcStatus,
      responseFlags: row.status.flags,
    },
    { time: row.time, connections: 0 },
  );
}

function addTcp(context: Reporting, row: Row & { readonly tunnel?: boolean; readonly connections?: number }): void {
  const connections = (row.connections ?? 1) * (context.call.protocol === "tcp" ? TCP_CONNECTIONS : 1);
  addFlow(
    context,
    row,
    { kind: "tcp", protocol: "tcp", responseCode: "", grpcStatus: "", responseFlags: "-" },
    { connections },
  );
}

function addFlow(
  context: Reporting,
  row: Row & { readonly tunnel?: boolean },
  what: Pick<Stream, "kind" | "protocol" | "responseCode" | "grpcStatus" | "responseFlags">,
  measures: { readonly time?: ResponseTime; readonly connections: number },
): void {
  if (row.part <= 0) return;
  const { from, to, reporter, by, mutual } = row;
  const { call, view, place } = context;
  const tunnels = row.tunnel
    ? by.pods.map((pod) => view.ztunnelPod(pod.node)).filter((name) => name !== undefined)
    : [];
  const edge = edgeLabels(from, to, context.passage.leg.service);
  const reporterNamespace = row.tunnel ? "istio-system" : by.namespace;
  const reporterApp = row.tunnel ? "ztunnel" : (by.labels["app"] ?? "");
  // Only servers, waypoints and ztunnels can tell how the connection was secured.
  const securityPolicy = reporter === "source" && !row.tunnel ? "unknown" : mutual ? "mutual_tls" : "none";
  const { kind, protocol, responseCode, grpcStatus, responseFlags } = what;
  const reporters = row.tunnel ? "" : `${by.namespace}/${by.name}`;
  const key = [
    kind,
    reporter,
    reporterNamespace,
    reporterApp,
    reporters,
    ...Object.values(edge),
    protocol,
    responseCode,
    grpcStatus,
    responseFlags,
    securityPolicy,
  ].join("\n");
  const stream = context.streamOf(key, () => ({
    kind,
    reporter,
    edge,
    peers: peerLabels(from, to),
    sourcePrincipal: mutual && from !== undefined ? from.principal : "unknown",
    destinationPrincipal: mutual && to !== undefined ? to.principal : "unknown",
    protocol,
    responseCode,
    grpcStatus,
    responseFlags,
    securityPolicy,
    reporterNamespace,
    reporterApp,
    counted: row.counted,
  }));
  context.flows.push({
    stream,
    node: place,
    perRequest: row.part,
    pods: row.tunnel ? [...new Set(tunnels)] : podNames(by),
    time: measures.time,
    requestBytes: call.requestBytes ?? 620,
    responseBytes: call.responseBytes ?? 3400,
    connections: measures.connections,
  });
}

const namesOfPods = new WeakMap<Workload, readonly string[]>();

function podNames(workload: Workload): readonly string[] {
  let names = namesOfPods.get(workload);
  if (names === undefined) namesOfPods.set(workload, (names = workload.pods.map((pod) => pod.name)));
  return names;
}

/** Envoy sends mirrored requests past its own statistics: only their receiver counts them. */
function clientTells(caller: Peer, { leg }: Passage): caller is Workload {
  return !leg.mirrored && (caller?.mode === "sidecar" || caller?.mode === "proxy");
}

/** A server learns who calls from the client's proxy; without one it says "unknown". */
function visible(caller: Peer): Peer {
  return caller?.mode === "none" ? undefined : caller;
}

function edgeLabels(from: Peer, to: Peer, service: ServiceIdentity): EdgeLabels {
  return {
    sourceCluster: from ? CLUSTER : "unknown",
    sourceNamespace: from?.namespace ?? "unknown",
    sourceWorkload: from?.name ?? "unknown",
    sourceApp: from?.app ?? "unknown",
    sourceVersion: from?.version ?? "latest",
    destinationCluster: to ? CLUSTER : "unknown",
    destinationServiceNamespace: service.namespace,
    destinationService: service.host,
    destinationServiceName: service.name,
    destinationNamespace: to?.namespace ?? "unknown",
    destinationWorkload: to?.name ?? "unknown",
    destinationApp: to?.app ?? "unknown",
    destinationVersion: to?.version ?? "latest",
  };
}

function peerLabels(from: Peer, to: Peer): Stream["peers"] {
  return {
    sourceApp: from?.labels["app"] ?? "unknown",
    sourceVersion: from?.labels["version"] ?? "unknown",
    destinationApp: to?.labels["app"] ?? "unknown",
    destinationVersion: to?.labels["version"] ?? "unknown",
  };
}

/** Every response a node gives, with its share; the shares sum to 1. */
function responsesOf(server: Node, protocol: Call["protocol"]): { status: Status; share: number }[] {
  const responses = Object.entries(server.failures).map(([status, share]) => ({
    status: statusOf(protocol, status),
    share,
  }));
  const own = responses.reduce((sum, response) => sum + response.share, 0);
  if (server.propagated > 0) {
    const status = statusOf(protocol, protocol === "grpc" ? "13" : "500");
    responses.push({ status, share: (1 - own) * server.propagated });
  }
  const well = (1 - own) * (1 - server.propagated);
  return [{ status: statusOf(protocol, protocol === "grpc" ? "0" : "200"), share: well }, ...responses];
}

/** gRPC answers are HTTP 200 with a status of their own; an HTTP status there is its nearest gRPC relative. */
function statusOf(protocol: Call["protocol"], status: string): Status {
  if (protocol !== "grpc") return { code: Number(status) < 100 ? "500" : status, grpcStatus: "", flags: "-" };
  return { code: "200", grpcStatus: Number(status) < 100 ? status : status === "200" ? "0" : "13", flags: "-" };
}

function failed(protocol: Call["protocol"], flags: string): Status {
  return protocol === "grpc" ? { code: "200", grpcStatus: "14", flags } : { code: "503", grpcStatus: "", flags };
}
