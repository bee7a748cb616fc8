/**
 * What the proxies on a call's way report of it, with Istio's labels.
 *
 *   sidecar ──▶ sidecar      source row + destination row (the latter knows about mutual TLS)
 *   sidecar ──▶ no proxy     source row
 *   no proxy ─▶ sidecar      destination row from "unknown"
 *   sidecar ──▶ nowhere      source row to "unknown", with response flags
 *   sidecar ──▶ a cluster of another network, no answer      source row to "unknown": only an answer says who it was
 *   ambient ──▶ waypoint ──▶ ambient     waypoint row, and a TCP row of the ztunnel on either side
 *
 * A gRPC stream that stays open is told by the same reporters, as messages without a response.
 */
import type { Reporter } from "#lib/domain/telemetry/reports.ts";
import { type CallGraph, clientTime, isMutual, type Node, OUTSIDE_TIME, type Passage } from "./callGraph.ts";
import type { MeshViews, Workload } from "./meshView.ts";
import { hungUp, type Response, responsesOf, succeeded, timedOut, unavailable } from "./responses.ts";
import type { ResponseTime } from "./responseTime.ts";
import { edgeLabels, type Flow, type Peer, peerLabels, type Stream, type StreamOf } from "./streams.ts";
import type { Call } from "./world.ts";

/** Connections opened for each TCP exchange, and for each request between ztunnels: pools keep them open. */
const TCP_CONNECTIONS = 0.2;
const HBONE_CONNECTIONS = 0.05;
const QUICK: ResponseTime = { meanMilliseconds: 0.4, steepness: 4, delayedShare: 0, delayMilliseconds: 0 };

/** The flows of everything a call graph does. Streams are found by key, so that they outlive the configuration. */
export function reportCalls(viewOf: MeshViews, graph: CallGraph, streamOf: StreamOf): Flow[] {
  const flows: Flow[] = [];
  for (const [place, node] of [...graph.nodes.values()].entries()) {
    if (node.requests.size === 0) continue;
    for (const { call, passages } of node.calls) {
      for (const passage of passages) {
        const share = call.perRequest * passage.leg.share;
        if (share > 0) reportPassage({ viewOf, graph, node, place, call, passage, streamOf, flows }, share);
      }
    }
  }
  return flows;
}

type Reporting = {
  readonly viewOf: MeshViews;
  readonly graph: CallGraph;
  readonly node: Node;
  readonly place: number;
  readonly call: Call;
  readonly passage: Passage;
  readonly streamOf: StreamOf;
  readonly flows: Flow[];
};

/** A row of telemetry: who reports (`by`) how many of a node's requests (`part`) between whom. */
type Row = {
  readonly reporter: Reporter;
  readonly by: Workload;
  readonly from: Peer;
  readonly to: Peer;
  readonly part: number;
  readonly mutual: boolean;
  readonly counted: boolean;
};

type Answer = { readonly response: Response; readonly time: ResponseTime };

function reportPassage(context: Reporting, share: number): void {
  const { viewOf, node, call, passage } = context;
  const { leg } = passage;
  const caller = node.workload;
  if (call.staysOpen === true) return reportMessages(context, share * passage.reached);
  /** What only the client can tell. */
  const tell = (part: number, answer: Answer, to?: Workload): void => {
    if (!clientTells(caller, passage)) return;
    const row = { reporter: "source", by: caller, from: caller, to, part, mutual: false, counted: true } as const;
    if (call.protocol !== "tcp") addRequests(context, row, answer);
    else if (leg.target.kind === "external") addTcp(context, row, TCP_CONNECTIONS);
  };
  if (leg.target.kind === "reply") return tell(share, { response: leg.target.reply, time: QUICK });
  if (leg.target.kind === "external") return tell(share, { response: succeeded(call.protocol), time: OUTSIDE_TIME });
  const chosen = knownUnanswered(caller, leg.target.workload);
  tell(share * passage.refused, { response: unavailable(call.protocol, "UF"), time: QUICK }, chosen);
  tell(share * passage.broken, { response: unavailable(call.protocol, "UC"), time: QUICK }, chosen);

  const server = passage.server === undefined ? undefined : context.graph.nodes.get(passage.server);
  const reached = share * passage.reached;
  if (server?.workload === undefined || reached <= 0) return;
  const arrival = { to: server.workload, part: reached, mutual: isMutual(viewOf, caller, leg) };
  if (call.protocol === "tcp") reportTcp(context, arrival);
  else reportRequests(context, server, arrival);
}

/** Messages of a stream that stays open. A call that reaches nobody has none. */
function reportMessages(context: Reporting, part: number): void {
  const { viewOf, node, passage } = context;
  const caller = node.workload;
  const to = passage.server === undefined ? undefined : context.graph.nodes.get(passage.server)?.workload;
  if (to === undefined || part <= 0) return;
  const row = { to, part, mutual: isMutual(viewOf, caller, passage.leg), counted: true };
  const tell = (reporter: Reporter, by: Workload, from: Peer): void =>
    addFlow(context, { ...row, reporter, by, from }, "messages", { connections: 0, tunnel: false });
  const waypoint = waypointOf(caller, to, passage);
  if (clientTells(caller, passage)) tell("source", caller, caller);
  if (to.mode === "sidecar") tell("destination", to, visible(caller));
  if (waypoint !== undefined) tell("waypoint", waypoint, caller);
}

type Arrival = { readonly to: Workload; readonly part: number; readonly mutual: boolean };

function reportTcp(context: Reporting, arrival: Arrival): void {
  const caller = context.node.workload;
  const { to } = arrival;
  if (clientTells(caller, context.passage)) {
    const counted = to.mode === "none" || to.mode === "proxy";
    addTcp(context, { ...arrival, reporter: "source", by: caller, from: caller, counted }, TCP_CONNECTIONS);
  }
  if (to.mode === "sidecar") {
    const row = { ...arrival, reporter: "destination", by: to, from: visible(caller), counted: true } as const;
    addTcp(context, row, TCP_CONNECTIONS);
  }
  addTunnels(context, arrival, { counted: true, connections: TCP_CONNECTIONS });
}

function reportRequests(context: Reporting, server: Node, arrival: Arrival): void {
  const caller = context.node.workload;
  const { call, passage } = context;
  const { to, part } = arrival;
  const waypoint = waypointOf(caller, to, passage);
  const atServer = to.mode === "sidecar";
  /** One row for each proxy that saw the request: the client's, the server's, the waypoint's. */
  const report = (share: number, seen: { client: Answer; server: Answer; serverCounts: boolean }): void => {
    const row = { ...arrival, part: part * share };
    if (clientTells(caller, passage)) {
      const counted = !(atServer && seen.serverCounts);
      const peer = seen.serverCounts ? to : knownUnanswered(caller, to);
      addRequests(context, { ...row, reporter: "source", by: caller, from: caller, to: peer, counted }, seen.client);
    }
    if (atServer) {
      const counted = seen.serverCounts || passage.leg.mirrored;
      const from = visible(caller);
      addRequests(context, { ...row, reporter: "destination", by: to, from, counted }, seen.server);
    }
    if (waypoint !== undefined)
      addRequests(context, { ...row, reporter: "waypoint", by: waypoint, from: caller, counted: true }, seen.client);
  };
  const atClient = clientTime(server.time, passage.leg.delaySeconds);
  for (const { response, share } of responsesOf(server, call.protocol)) {
    const seenByClient = passage.leg.delaySeconds > 0 ? { ...response, flags: "DI" } : response;
    report(share * (1 - passage.late), {
      client: { response: seenByClient, time: atClient },
      server: { response, time: server.time },
      serverCounts: true,
    });
  }
  const limit = (passage.leg.timeoutSeconds ?? 0) * 1000;
  const time = { meanMilliseconds: limit, steepness: 60, delayedShare: 0, delayMilliseconds: 0 };
  report(passage.late, {
    client: { response: timedOut(call.protocol), time },
    server: { response: hungUp, time },
    serverCounts: false,
  });
  const requestsAreTold = clientTells(caller, passage) || waypoint !== undefined;
  addTunnels(context, arrival, { counted: !requestsAreTold, connections: HBONE_CONNECTIONS, waypoint });
}

/** Sidecars and gateways go past waypoints; ambient clients do not. */
function waypointOf(caller: Peer, to: Workload, { leg }: Passage): Workload | undefined {
  if (caller?.mode !== "ambient" || to.mode !== "ambient" || leg.target.kind !== "workload") return undefined;
  return leg.target.waypoint;
}

/** The TCP rows of the ztunnels of an ambient client and an ambient server; a waypoint cuts the way in two. */
function addTunnels(
  context: Reporting,
  { to, part, mutual }: Arrival,
  { counted, connections, waypoint }: { counted: boolean; connections: number; waypoint?: Workload | undefined },
): void {
  const caller = context.node.workload;
  if (caller?.mode === "ambient") {
    const alone = counted && to.mode !== "ambient" && to.mode !== "sidecar";
    const row = {
      reporter: "source",
      by: caller,
      from: caller,
      to: waypoint ?? to,
      part,
      mutual,
      counted: alone,
    } as const;
    addTcp(context, row, connections, true);
  }
  if (to.mode === "ambient") {
    const row = {
      reporter: "destination",
      by: to,
      from: waypoint ?? visible(caller),
      to,
      part,
      mutual,
      counted,
    } as const;
    addTcp(context, row, connections, true);
  }
}

function addRequests(context: Reporting, row: Row, { response, time }: Answer): void {
  addFlow(context, row, response, { time, connections: 0, tunnel: false });
}

function addTcp(context: Reporting, row: Row, connections: number, tunnel = false): void {
  addFlow(context, row, "tcp", { connections, tunnel });
}

/** With a response it is a flow of requests. Through a tunnel it is the ztunnel of the reporter's machine that reports. */
function addFlow(
  context: Reporting,
  row: Row,
  result: Response | "messages" | "tcp",
  how: { readonly time?: ResponseTime; readonly connections: number; readonly tunnel: boolean },
): void {
  const { from, to, reporter, by, mutual, part } = row;
  const { call, viewOf, place, flows } = context;
  if (part <= 0) return;
  const response = typeof result === "string" ? undefined : result;
  // A failed gRPC call has a status and no message to go with it.
  const hasAnswer = result === "messages" || response?.grpcStatus === "0";
  const labels: Omit<Stream, "index" | "peers" | "counted"> = {
    kind: typeof result === "string" ? result : "request",
    reporter,
    edge: edgeLabels(from, to, context.passage.leg.service),
    sourcePrincipal: mutual && from !== undefined ? from.principal : "unknown",
    destinationPrincipal: mutual && to !== undefined ? to.principal : "unknown",
    protocol: result === "tcp" ? "tcp" : call.protocol,
    responseCode: response?.code ?? "",
    grpcStatus: response?.grpcStatus ?? "",
    responseFlags: response?.flags ?? "-",
    // Only servers, waypoints and ztunnels can tell how the connection was secured.
    securityPolicy: reporter === "source" && !how.tunnel ? "unknown" : mutual ? "mutual_tls" : "none",
    reporterNamespace: how.tunnel ? "istio-system" : by.namespace,
    reporterApp: how.tunnel ? "ztunnel" : (by.labels["app"] ?? ""),
  };
  const { edge, ...plain } = labels;
  const key = [...Object.values(plain), ...Object.values(edge), how.tunnel ? "" : by.name].join("\n");
  flows.push({
    stream: context.streamOf(key, () => ({ ...labels, peers: peerLabels(from, to), counted: row.counted })),
    node: place,
    perRequest: part,
    pods: how.tunnel ? tunnelPods(viewOf, by) : podNames(by),
    time: how.time,
    operation: response === undefined || reporter === "source" ? "" : operationOf(context, by),
    requestBytes: call.requestBytes ?? 620,
    responseBytes: call.responseBytes ?? 3400,
    requestMessages: labels.protocol === "grpc" ? (call.messages?.sent ?? 1) : 0,
    responseMessages: hasAnswer ? (call.messages?.received ?? 1) : 0,
    connections: how.connections,
  });
}

/** What the request does, in its server's words, where the server's configuration has it reported. */
function operationOf({ viewOf, graph, call, passage }: Reporting, server: Workload): string {
  if (!viewOf(server).namesOperations(server)) return "";
  const operations = passage.server === undefined ? [] : (graph.nodes.get(passage.server)?.operations ?? []);
  const { path = "/", method = "GET" } = call;
  return operations.find((item) => item.path === path && (item.method ?? "GET") === method)?.name ?? "unknown";
}

const namesOfPods = new WeakMap<Workload, readonly string[]>();

/** One list for each workload: thousands of flows share it. */
function podNames(workload: Workload): readonly string[] {
  let names = namesOfPods.get(workload);
  if (names === undefined) namesOfPods.set(workload, (names = workload.pods.map((pod) => pod.name)));
  return names;
}

function tunnelPods(viewOf: MeshViews, workload: Workload): readonly string[] {
  const nodes = new Set(workload.pods.map((pod) => pod.node));
  return [...nodes].flatMap((node) => viewOf(workload).ztunnelPod(node) ?? []);
}

/** Envoy sends mirrored requests past its own statistics: only their receiver counts them. */
function clientTells(caller: Peer, { leg }: Passage): caller is Workload {
  return !leg.mirrored && (caller?.mode === "sidecar" || caller?.mode === "proxy");
}

/**
 * Whom a client knows it called when nobody answered: whose the endpoint was, from its own configuration. Of another
 * network it knows the gateway alone, and says "unknown" for workload and cluster (istio#29373).
 */
function knownUnanswered(caller: Peer, to: Workload): Peer {
  return caller?.cluster === to.cluster ? to : undefined;
}

/** A server learns who calls from the client's proxy; without one it says "unknown". */
function visible(caller: Peer): Peer {
  return caller?.mode === "none" ? undefined : caller;
}
