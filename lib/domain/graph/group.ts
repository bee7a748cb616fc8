/**
 * Groups of a finished graph, one inside the other: a cluster holds namespaces, a namespace holds the apps of which
 * several versions are drawn. Each level can be left out.
 *
 *   ┌ primary ─────────────────────────────────────────┐
 *   │ unknown   ┌ bookinfo ─────────────────────────┐  │     unknown, PassthroughCluster and BlackHoleCluster belong
 *   │           │ (reviews)  ┌ reviews ──────────┐  │  │     to a cluster, but to no namespace
 *   │           │            │ v1    v2    v3    │  │  │
 *   │           │            └───────────────────┘  │  │
 *   │           └───────────────────────────────────┘  │
 *   └──────────────────────────────────────────────────┘
 *
 * - Clusters are groups only where nodes of more than one are drawn.
 * - Apps are groups only in the app graphs, and only with at least two nodes.
 * - What the viewer may not see is in no cluster.
 * - A folded namespace is a node of its cluster; a folded cluster is a node outside all groups.
 */
import type { Health } from "#lib/domain/health/health.ts";
import { rollUp, unhealthyCount } from "#lib/domain/health/rollUp.ts";
import type { Graph, GraphNode, NodeType, TrafficTotals } from "./graph.ts";
import { formatNodeId } from "./ids.ts";
import { addTotals, emptyTotals, type Totals } from "./totals.ts";

/** From the outside in. */
export const GROUP_LEVELS = ["cluster", "namespace", "app"] as const;
export type GroupLevel = (typeof GROUP_LEVELS)[number];

/** What is inside a group; a folded namespace counts with what is folded into it. */
export type GroupCounts = {
  readonly namespaces: number;
  readonly workloads: number;
  readonly services: number;
  /** Degraded or failing. */
  readonly unhealthy: number;
};

export type Group = {
  /** A box id: see ids.ts. */
  readonly id: string;
  readonly level: GroupLevel;
  readonly cluster: string;
  /** "" for a cluster. */
  readonly namespace: string;
  /** Name of the cluster, namespace or app. */
  readonly label: string;
  /** The group around this one. */
  readonly parent?: string;
  /** Ids of all nodes inside, those of inner groups included, in the order of the graph. */
  readonly nodes: readonly string[];
  readonly counts: GroupCounts;
  /** The worst of its nodes. */
  readonly health: Health;
  /** What crosses its border; calls within are not counted. */
  readonly inbound: TrafficTotals;
  readonly outbound: TrafficTotals;
};

export type Grouping = {
  /** Outer groups before those inside them. */
  readonly groups: ReadonlyMap<string, Group>;
  /** By node id: the innermost group it is in. Nodes outside all groups have none. */
  readonly groupOf: ReadonlyMap<string, string>;
};

type OpenGroup = Omit<Group, "nodes" | "counts" | "inbound" | "outbound" | "health"> & {
  readonly members: GraphNode[];
  readonly inbound: Totals;
  readonly outbound: Totals;
};

/** Groups the nodes by the levels wanted. */
export function groupGraph(graph: Graph, levels: ReadonlySet<GroupLevel> = new Set(GROUP_LEVELS)): Grouping {
  const chainOf = groupChains(graph, levels);
  const open = new Map<string, OpenGroup>();
  const groupOf = new Map<string, string>();
  for (const node of graph.nodes) {
    let parent: string | undefined;
    for (const key of chainOf(node)) {
      const group = openGroup(open, key, node, parent);
      group.members.push(node);
      parent = group.id;
    }
    if (parent !== undefined) groupOf.set(node.id, parent);
  }
  const around = (node: string): OpenGroup[] => {
    const list: OpenGroup[] = [];
    for (let group = open.get(groupOf.get(node) ?? ""); group !== undefined; group = open.get(group.parent ?? ""))
      list.push(group);
    return list;
  };
  for (const edge of graph.edges) {
    const sources = around(edge.source);
    const targets = around(edge.target);
    for (const group of sources) if (!targets.includes(group)) addTotals(group.outbound, edge);
    for (const group of targets) if (!sources.includes(group)) addTotals(group.inbound, edge);
  }
  const groups = [...open.values()]
    .sort((left, right) => (left.id < right.id ? -1 : 1))
    .map(({ members, ...group }) => ({
      ...group,
      nodes: members.map(({ id }) => id),
      counts: countMembers(members),
      health: rollUp(members).health,
    }));
  return { groups: new Map(groups.map((group) => [group.id, group])), groupOf };
}

/** Node types that stand for running code, and those that are called by name. */
export const RUNS: ReadonlySet<NodeType> = new Set(["workload", "app", "gateway", "waypoint"]);
export const SERVES: ReadonlySet<NodeType> = new Set(["service", "serviceEntry"]);

type LevelKey = { readonly level: GroupLevel; readonly id: string; readonly label: string };

/** The groups around a node, outermost first. */
function groupChains(graph: Graph, levels: ReadonlySet<GroupLevel>): (node: GraphNode) => readonly LevelKey[] {
  const clusters = new Set(graph.nodes.map(({ cluster }) => cluster).filter((cluster) => cluster !== ""));
  const hasClusters = levels.has("cluster") && clusters.size > 1;
  const hasApps = levels.has("app") && (graph.graphType === "app" || graph.graphType === "versionedApp");
  const versions = new Map<string, number>();
  if (hasApps)
    for (const node of graph.nodes) {
      const id = appBoxOf(node);
      if (id !== undefined) versions.set(id, (versions.get(id) ?? 0) + 1);
    }
  return (node) => {
    const { cluster, namespace } = node;
    const chain: LevelKey[] = [];
    const isFoldedCluster = node.type === "box" && namespace === "";
    if (hasClusters && cluster !== "" && !isFoldedCluster)
      chain.push({ level: "cluster", id: clusterBoxOf(node), label: cluster });
    const namespaceBox = node.type === "box" ? undefined : namespaceBoxOf(node);
    if (levels.has("namespace") && namespaceBox !== undefined)
      chain.push({ level: "namespace", id: namespaceBox, label: namespace });
    const appBox = hasApps ? appBoxOf(node) : undefined;
    if (appBox !== undefined && (versions.get(appBox) ?? 0) > 1)
      chain.push({ level: "app", id: appBox, label: node.app ?? "" });
    return chain;
  };
}

/** Id of the box of a node's namespace; undefined outside every namespace. */
export function namespaceBoxOf({ cluster, namespace }: Pick<GraphNode, "cluster" | "namespace">): string | undefined {
  return namespace === "" ? undefined : formatNodeId({ kind: "box", cluster, namespace });
}

/** Id of the box of a node's cluster. */
export function clusterBoxOf({ cluster }: Pick<GraphNode, "cluster">): string {
  return formatNodeId({ kind: "clusterBox", cluster });
}

function appBoxOf({ type, cluster, namespace, app }: GraphNode): string | undefined {
  if (!RUNS.has(type) || namespace === "" || app === undefined || app === "") return undefined;
  return formatNodeId({ kind: "appBox", cluster, namespace, app });
}

function openGroup(
  open: Map<string, OpenGroup>,
  key: LevelKey,
  node: GraphNode,
  parent: string | undefined,
): OpenGroup {
  let group = open.get(key.id);
  if (group === undefined) {
    group = {
      ...key,
      cluster: node.cluster,
      namespace: key.level === "cluster" ? "" : node.namespace,
      ...(parent === undefined ? {} : { parent }),
      members: [],
      inbound: emptyTotals(),
      outbound: emptyTotals(),
    };
    open.set(key.id, group);
  }
  return group;
}

function countMembers(members: readonly GraphNode[]): GroupCounts {
  const namespaces = new Set(members.map(({ namespace }) => namespace).filter((name) => name !== ""));
  const open = members.filter(({ type }) => type !== "box");
  const folded = members.flatMap((node) => node.members ?? []);
  return {
    namespaces: namespaces.size,
    workloads: open.filter(({ type }) => RUNS.has(type)).length + sum(folded.map(({ workloads }) => workloads)),
    services: open.filter(({ type }) => SERVES.has(type)).length + sum(folded.map(({ services }) => services)),
    unhealthy: unhealthyCount(rollUp(open)) + sum(folded.map(({ unhealthy }) => unhealthy)),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
