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
 * - A folded namespace is a node of its cluster; a folded cluster is a node outside all groups.
 */
import { type Health, worseHealth } from "#lib/domain/health/health.ts";
import type { Graph, GraphNode, TrafficTotals } from "./graph.ts";
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
  readonly nodes: string[];
  readonly namespaces: Set<string>;
  readonly counts: { -readonly [Key in keyof GroupCounts]: number };
  health: Health;
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
      addNode(group, node);
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
    .map(({ namespaces, ...group }) => ({ ...group, counts: { ...group.counts, namespaces: namespaces.size } }));
  return { groups: new Map(groups.map((group) => [group.id, group])), groupOf };
}

type LevelKey = { readonly level: GroupLevel; readonly id: string; readonly label: string };

/** The groups around a node, outermost first. */
function groupChains(graph: Graph, levels: ReadonlySet<GroupLevel>): (node: GraphNode) => readonly LevelKey[] {
  const clusters = new Set(graph.nodes.map(({ cluster }) => cluster));
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
  const runs = type === "app" || type === "workload" || type === "gateway" || type === "waypoint";
  if (!runs || namespace === "" || app === undefined || app === "") return undefined;
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
      nodes: [],
      namespaces: new Set(),
      counts: { namespaces: 0, workloads: 0, services: 0, unhealthy: 0 },
      health: "unknown",
      inbound: emptyTotals(),
      outbound: emptyTotals(),
    };
    open.set(key.id, group);
  }
  return group;
}

function addNode(group: OpenGroup, node: GraphNode): void {
  group.nodes.push(node.id);
  group.health = worseHealth(group.health, node.health);
  if (node.namespace !== "") group.namespaces.add(node.namespace);
  const isUnhealthy = node.health === "degraded" || node.health === "failing";
  const isService = node.type === "service" || node.type === "serviceEntry";
  const isWorkload = node.type === "workload" || node.type === "app" || node.type === "gateway";
  group.counts.services += node.members?.services ?? Number(isService);
  group.counts.workloads += node.members?.workloads ?? Number(isWorkload || node.type === "waypoint");
  group.counts.unhealthy += node.members?.unhealthy ?? Number(isUnhealthy);
}
