/** What the workload graph of a world must show, by edge id. Written from the world alone, without the code it checks. */
import { formatEdgeId, formatNodeId } from "#lib/domain/graph/ids.ts";
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import { meshNodes, serviceNode, workloadNode } from "#test/builders/mesh.ts";
import {
  BLACKHOLE,
  clientReports,
  EXTERNAL,
  hostOf,
  type Outcome,
  PASSTHROUGH,
  principalOf,
  type Requests,
  serverReporter,
  type Traffic,
  type Workload,
  type World,
  waypointOf,
} from "./world.ts";

export type ExpectedEdge = {
  /** "code flags host" → requests a second. */
  readonly responses: Map<string, number>;
  sent: number;
  received: number;
  opened: number;
  /** "source principal → target principal" → what the server's side knows of, and how much of it is mutual TLS. */
  readonly security: Map<string, { reported: number; mutualTls: number }>;
};

/** Configuration of a world: its waypoints, and two ServiceEntries for one host in each cluster. */
export function meshOf(world: World): MeshNodes {
  const targets = world.traffic.flatMap(({ target }) => target ?? []).filter(({ proxy }) => proxy === "waypoint");
  const waypoints = new Map(targets.map((target) => [`${target.cluster}/${target.namespace}`, waypointOf(target)]));
  const workloads = [...waypoints.values()].map(({ cluster, namespace, name }) =>
    workloadNode({ cluster, namespace, name, role: "waypoint" }),
  );
  const clusters = new Set(world.traffic.flatMap(({ caller }) => caller?.cluster ?? []));
  const services = [...clusters].flatMap((cluster) =>
    ["api-a", "api-b"].map((name) =>
      serviceNode({ cluster, namespace: "egress", name, kind: "ServiceEntry", hosts: [hostOf(EXTERNAL)] }),
    ),
  );
  return meshNodes({ workloads, services });
}

export function expectedEdges(world: World, options: { readonly serviceNodes: boolean }): Map<string, ExpectedEdge> {
  const edges = new Map<string, ExpectedEdge>();
  for (const traffic of world.traffic) {
    for (const part of observed(traffic)) {
      for (const id of edgeIds(world, traffic, part.arrived, options)) addPart(edges, id, traffic, part);
    }
  }
  return edges;
}

/** Some of the traffic: calls that end alike. */
type Part = {
  readonly arrived: boolean;
  readonly result?: string;
  readonly amount: number;
  readonly servedAmount: number;
};

/** What anybody reports at all. */
function observed(traffic: Traffic): Part[] {
  const byClient = clientReports(traffic);
  const byServer = serverReporter(traffic) !== undefined;
  if (!byClient && !byServer) return [];
  if (traffic.kind === "tcp")
    return [{ arrived: traffic.target !== undefined, amount: 0, servedAmount: traffic.sent + traffic.received }];
  return traffic.outcomes.flatMap((outcome): Part[] => {
    const result = shownResult(outcome, byClient, byServer);
    if (result === undefined) return [];
    const arrived = traffic.target !== undefined && !["UH", "NR"].includes(outcome.client?.split(" ")[1] ?? "");
    const servedAmount = byServer && outcome.server !== undefined ? outcome.perSecond : 0;
    return [{ arrived, result, amount: outcome.perSecond, servedAmount }];
  });
}

/** The caller's result; of the same code the side that names a reason; what only one side has or reports as it says. */
function shownResult({ client, server }: Outcome, byClient: boolean, byServer: boolean): string | undefined {
  if (!byServer || server === undefined) return byClient ? client : undefined;
  if (!byClient || client === undefined) return server;
  const [clientCode, clientFlags] = client.split(" ");
  return clientCode === server.split(" ")[0] && clientFlags === undefined ? server : client;
}

function addPart(edges: Map<string, ExpectedEdge>, id: string, traffic: Traffic, part: Part): void {
  let edge = edges.get(id);
  if (edge === undefined) {
    edge = { responses: new Map(), sent: 0, received: 0, opened: 0, security: new Map() };
    edges.set(id, edge);
  }
  if (traffic.kind === "tcp") {
    edge.sent += traffic.sent;
    edge.received += traffic.received;
    edge.opened += traffic.opened;
  }
  if (part.result !== undefined) {
    const [code, flags = "-"] = part.result.split(" ");
    const key = `${code} ${flags} ${hostOf(traffic.service)}`;
    edge.responses.set(key, (edge.responses.get(key) ?? 0) + part.amount);
  }
  addSecurity(edge, traffic, part.servedAmount);
}

function addSecurity(edge: ExpectedEdge, traffic: Traffic, amount: number): void {
  const byZtunnel = traffic.kind === "tcp" && traffic.caller?.proxy !== "sidecar" && clientReports(traffic);
  if (amount === 0 || (serverReporter(traffic) === undefined && !byZtunnel)) return;
  const secured = traffic.secured === "all" ? amount : traffic.secured === "half" ? amount / 2 : 0;
  const caller = traffic.caller === undefined ? "" : principalOf(traffic.caller);
  const target = traffic.target === undefined ? "" : principalOf(traffic.target);
  for (const [pair, reported, mutualTls] of [
    [`${caller} → ${target}`, secured, secured],
    [" → ", amount - secured, 0],
  ] as const) {
    if (reported === 0) continue;
    const rates = edge.security.get(pair) ?? { reported: 0, mutualTls: 0 };
    edge.security.set(pair, { reported: rates.reported + reported, mutualTls: rates.mutualTls + mutualTls });
  }
}

function edgeIds(
  world: World,
  traffic: Traffic,
  arrived: boolean,
  { serviceNodes }: { serviceNodes: boolean },
): string[] {
  const { caller, service, target, kind } = traffic;
  const from =
    caller === undefined ? formatNodeId({ kind: "unknown", cluster: target?.cluster ?? "" }) : workloadId(caller);
  const to = arrived && target !== undefined ? workloadId(target) : undefined;
  const viaService = serviceId(service, to === undefined ? serviceCluster(world, traffic) : (target?.cluster ?? ""));
  const path = to === undefined ? [from, viaService] : serviceNodes ? [from, viaService, to] : [from, to];
  return path.slice(1).map((id, hop) => formatEdgeId(path[hop] ?? "", id, kind));
}

function workloadId({ cluster, namespace, name }: Workload): string {
  return formatNodeId({ kind: "workload", cluster, namespace, workload: name });
}

function serviceId(service: Traffic["service"], cluster: string): string {
  if (service === PASSTHROUGH) return formatNodeId({ kind: "passthrough", cluster });
  if (service === BLACKHOLE) return formatNodeId({ kind: "blackhole", cluster });
  if (service === EXTERNAL) return formatNodeId({ kind: "service", cluster, namespace: "egress", service: "api-a" });
  return formatNodeId({ kind: "service", cluster, namespace: service.namespace, service: service.name });
}

/** Where a service is that nobody answered for: where the caller's other calls to it go, if all to one cluster; else with the caller. */
function serviceCluster(world: World, { caller, service, kind }: Traffic): string {
  const others = world.traffic.filter(
    (other) =>
      other.caller === caller &&
      other.kind === kind &&
      hostOf(other.service) === hostOf(service) &&
      serverReporter(other) !== undefined,
  );
  const answered = others.filter((other) => other.kind === "tcp" || servesAny(other));
  const clusters = new Set(answered.map(({ target }) => target?.cluster));
  const [only] = clusters;
  return clusters.size === 1 && only !== undefined ? only : (caller?.cluster ?? "");
}

function servesAny({ outcomes }: Requests): boolean {
  return outcomes.some(({ server }) => server !== undefined);
}
