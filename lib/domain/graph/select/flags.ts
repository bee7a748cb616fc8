/** Terms that stand alone: yes, no, or undefined where the thing cannot be asked. */
import type { GraphEdge, GraphNode, NodeFlag } from "#lib/domain/graph/graph.ts";
import type { Health } from "#lib/domain/health/health.ts";

type Answer = boolean | undefined;

export type FlagDefinition = {
  readonly name: string;
  readonly aliases: readonly string[];
  /** For the help, after "is" or "has". */
  readonly help: string;
  readonly node?: (node: GraphNode) => Answer;
  readonly edge?: (edge: GraphEdge) => Answer;
};

/** Unknown health is neither healthy nor not: nothing was there to judge. */
function judged(is: (health: Health) => boolean) {
  const ask = ({ health }: { readonly health: Health }): Answer => (health === "unknown" ? undefined : is(health));
  return { node: ask, edge: ask };
}

function flagged(...flags: readonly NodeFlag[]) {
  return { node: (node: GraphNode): Answer => flags.some((flag) => node.flags.includes(flag)) };
}

/** Whether bytes of connections, and no requests, enter a node. */
function servesOnlyTcp({ inbound }: GraphNode): boolean {
  return inbound.tcpBytesPerSecond > 0 && inbound.httpPerSecond + inbound.grpcPerSecond === 0;
}

/** Kiali's names and aliases, then ours. */
export const FLAGS = [
  {
    name: "circuitbreaker",
    aliases: ["cb"],
    help: "a DestinationRule limits or ejects",
    ...flagged("hasCircuitBreaker"),
  },
  { name: "dead", aliases: [], help: "traffic, but nothing by that name is configured", ...flagged("dead") },
  { name: "faultinjection", aliases: ["fi"], help: "faults are injected", ...flagged("hasFaultInjection") },
  { name: "healthy", aliases: [], help: "judged, and nothing found", ...judged((health) => health === "healthy") },
  { name: "idle", aliases: [], help: "configured, no traffic in the window", ...flagged("idle") },
  { name: "inaccessible", aliases: [], help: "in a namespace that may not be seen", ...flagged("inaccessible") },
  { name: "mirroring", aliases: [], help: "requests are mirrored", ...flagged("hasMirroring") },
  { name: "outside", aliases: ["outsider"], help: "outside the chosen namespaces", ...flagged("outside") },
  {
    name: "requestrouting",
    aliases: ["rr"],
    help: "a VirtualService or HTTPRoute routes its requests",
    ...flagged("hasVirtualService", "hasHttpRoute"),
  },
  { name: "requesttimeout", aliases: ["rto"], help: "a request timeout is set", ...flagged("hasRequestTimeout") },
  {
    name: "serviceentry",
    aliases: ["se"],
    help: "comes from a ServiceEntry",
    node: (node: GraphNode): Answer => node.type === "serviceEntry",
  },
  {
    name: "sidecar",
    aliases: ["sc"],
    help: "its pods run a sidecar",
    node: ({ mode }: GraphNode): Answer => (mode === undefined ? undefined : mode === "sidecar"),
  },
  {
    name: "tcptrafficshifting",
    aliases: ["tcpts"],
    help: "TCP connections are split by weight",
    node: (node: GraphNode): Answer => node.flags.includes("hasTrafficSplit") && servesOnlyTcp(node),
  },
  {
    name: "trafficshifting",
    aliases: ["ts"],
    help: "requests are split by weight",
    node: (node: GraphNode): Answer => node.flags.includes("hasTrafficSplit") && !servesOnlyTcp(node),
  },
  { name: "trafficsource", aliases: ["root"], help: "only sends", ...flagged("trafficSource") },
  {
    name: "virtualservice",
    aliases: ["vs"],
    help: "a VirtualService concerns it",
    ...flagged("hasVirtualService"),
  },
  { name: "workloadentry", aliases: ["we"], help: "runs on machines outside the cluster", ...flagged("workloadEntry") },
  { name: "outofmesh", aliases: ["om"], help: "its pods run no proxy", ...flagged("outOfMesh") },
  { name: "ambient", aliases: [], help: "ztunnel carries its traffic", ...flagged("ambient") },
  { name: "degraded", aliases: [], help: "some fail", ...judged((health) => health === "degraded") },
  { name: "failing", aliases: [], help: "too many fail", ...judged((health) => health === "failing") },
  { name: "notready", aliases: [], help: "scaled to zero", ...judged((health) => health === "notReady") },
  {
    name: "mtls",
    aliases: [],
    help: "all its traffic is mutual TLS",
    edge: ({ mtlsPercent }: GraphEdge): Answer => (mtlsPercent === undefined ? undefined : mtlsPercent >= 100),
  },
  {
    name: "traffic",
    aliases: [],
    help: "something flowed in the window",
    edge: (edge: GraphEdge): Answer =>
      edge.protocol === "tcp" ? edge.sentBytesPerSecond + edge.receivedBytesPerSecond > 0 : edge.requestsPerSecond > 0,
  },
] as const satisfies readonly FlagDefinition[];

export type FlagName = (typeof FLAGS)[number]["name"];

const BY_NAME: ReadonlyMap<string, FlagDefinition & { readonly name: FlagName }> = new Map(
  FLAGS.flatMap((flag) => [flag.name, ...flag.aliases].map((name) => [name, flag])),
);

/** The flag of a name or alias, whatever its case. */
export function findFlag(word: string): (FlagDefinition & { readonly name: FlagName }) | undefined {
  return BY_NAME.get(word.toLowerCase());
}
