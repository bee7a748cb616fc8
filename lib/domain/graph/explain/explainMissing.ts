/**
 * Why two nodes have no edge between them. An edge needs a proxy that saw a call:
 *
 *   caller     called     who would report
 *   proxy      proxy      both: no report means no call, or no scrape
 *   proxy      none       the caller's proxy
 *   none       proxy      the called one's proxy, as a call from "unknown"
 *   none       none       nobody
 */
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import type { EdgeReporter } from "#lib/domain/telemetry/edgeTable.ts";
import type { Graph, GraphEdge, GraphNode } from "../graph.ts";
import { isolate } from "../isolate.ts";
import { isWithheld } from "../withheld.ts";
import { type Explanation, isPassed, type Scene, setScene } from "./explanation.ts";
import { explainWithheldEdge } from "./withheld.ts";
import { nameOf, rateOf, some } from "./words.ts";

/** Undefined when there is an edge, directly or through a service or operation. */
export function explainMissing(
  source: GraphNode,
  target: GraphNode,
  graph: Graph,
  mesh: MeshNodes,
): Explanation | undefined {
  const scene = setScene(graph, mesh);
  if (isWithheld(source) || isWithheld(target)) return explainWithheldEdge(source, target, scene);
  if (wayBetween(source, target, scene, (node) => isPassed(node, graph)) !== undefined) return undefined;
  const detour = wayBetween(source, target, scene, () => true);
  const caller = proxyOf(source, scene);
  const called = proxyOf(target, scene);
  return {
    kind: "missing",
    summary: `No proxy saw a call from ${nameOf(source)} to ${nameOf(target)} in the window.`,
    evidence: some(
      { label: "Caller", value: `${nameOf(source)}: ${PROXY_WORDS[caller]}, sends ${rateOf(scene.outOf(source.id))}` },
      {
        label: "Called",
        value: `${nameOf(target)}: ${PROXY_WORDS[called]}, receives ${rateOf(scene.into(target.id))}`,
      },
      detour && { label: "Way between them", value: detour.map(({ label }) => isolate(label)).join(" → ") },
    ),
    causes: causesOf({ source, target, caller, called, detour, scene }),
    remedies: some(
      caller === "none" && `Bring ${nameOf(source)} into the mesh: its calls are then named.`,
      called === "none" &&
        caller === "none" &&
        `Or bring ${nameOf(target)} into the mesh: calls without a name show as unknown.`,
      detour && "Follow the way between them: the calls change hands there.",
      caller !== "none" && "Choose a longer window, or a moment when the call is known to have happened.",
      caller !== "none" && !isScraped(source, scene) && `Check that the pods of ${nameOf(source)} are scraped.`,
    ),
  };
}

type Question = {
  readonly source: GraphNode;
  readonly target: GraphNode;
  readonly caller: Proxy;
  readonly called: Proxy;
  readonly detour: readonly GraphNode[] | undefined;
  readonly scene: Scene;
};

function causesOf({ source, target, caller, called, detour, scene }: Question): string[] {
  const unknowns = scene.into(target.id).filter((edge) => scene.node(edge.source)?.type === "unknown");
  const strays = scene.outOf(source.id).filter((edge) => scene.node(edge.target)?.type === "passthrough");
  const isOutside = (node: GraphNode) => node.flags.includes("outside");
  return some(
    isOutside(source) && isOutside(target)
      ? "Both lie outside the chosen namespaces, and calls between such nodes are not drawn."
      : undefined,
    caller === "none" && called === "none" && "Neither runs a proxy, and telemetry comes from proxies alone.",
    caller === "none" &&
      called !== "none" &&
      (unknowns.length > 0
        ? `${nameOf(source)} runs no proxy: its calls are among the ${rateOf(unknowns)} from unknown callers.`
        : `${nameOf(source)} runs no proxy, and ${nameOf(target)} got no call from an unknown caller either: it was not called.`),
    strays.length > 0 &&
      `It may be called by address: ${nameOf(source)} sends ${rateOf(strays)} to PassthroughCluster.`,
    detour !== undefined && "The calls go through others, and each hop is drawn on its own.",
    caller === "ambient" &&
      called === "ambient" &&
      "Without a waypoint ztunnels report connections only, and connections opened before the window may carry no bytes in it.",
    caller !== "none" &&
      !isScraped(source, scene) &&
      `No proxy of ${nameOf(source)} reports anything: it may not be scraped.`,
    source.flags.includes("idle") && `${nameOf(source)} sent nothing at all in the window.`,
    target.flags.includes("idle") && `${nameOf(target)} received nothing at all in the window.`,
    (caller === "unread" || called === "unread") &&
      "Whether one of them runs a proxy is not known: its namespace cannot be read.",
    caller !== "none" && "There was no call in the window.",
    caller !== "none" && "Its kind of traffic is not shown: look at the protocols chosen.",
  );
}

type Proxy = "proxy" | "ambient" | "none" | "unread";

const PROXY_WORDS: Readonly<Record<Proxy, string>> = {
  proxy: "has a proxy",
  ambient: "ambient",
  none: "has no proxy",
  unread: "configuration not read",
};

/** A service is judged by the workloads behind it: it has a proxy when one of them has. */
function proxyOf(node: GraphNode, { lookup }: Scene): Proxy {
  const { cluster, namespace, service } = node;
  const behind = service === undefined ? [] : (lookup.named(cluster, namespace, service)?.workloads ?? []);
  const modes = some(node.mode, ...behind.map((name) => lookup.workload(cluster, namespace, name)?.mode));
  if (node.type === "unknown" || node.type === "serviceEntry" || node.type === "passthrough") return "none";
  if (modes.some((mode) => mode === "sidecar" || mode === "proxy")) return "proxy";
  if (modes.includes("ambient")) return "ambient";
  return modes.length > 0 ? "none" : "unread";
}

/** Whether any call from it or to it is told by its own side. */
function isScraped({ id }: GraphNode, scene: Scene): boolean {
  const isTold = (edges: readonly GraphEdge[], ...by: readonly EdgeReporter[]) =>
    edges.some(({ reporters }) => by.some((reporter) => reporters.includes(reporter)));
  return isTold(scene.outOf(id), "source", "ztunnel") || isTold(scene.into(id), "destination", "ztunnel");
}

/** The shortest way along calls, both ends included, through nodes that `mayPass`. */
function wayBetween(
  source: GraphNode,
  target: GraphNode,
  scene: Scene,
  mayPass: (node: GraphNode) => boolean,
): GraphNode[] | undefined {
  const cameFrom = new Map<string, GraphNode | undefined>([[source.id, undefined]]);
  const queue = [source];
  for (let node = queue.shift(); node !== undefined; node = queue.shift()) {
    if (node !== source && !mayPass(node)) continue;
    for (const { target: next } of scene.outOf(node.id)) {
      const reached = scene.node(next);
      if (reached === undefined || cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      if (next === target.id) return trace(reached, cameFrom);
      queue.push(reached);
    }
  }
  return undefined;
}

function trace(end: GraphNode, cameFrom: ReadonlyMap<string, GraphNode | undefined>): GraphNode[] {
  const way: GraphNode[] = [];
  for (let node: GraphNode | undefined = end; node !== undefined; node = cameFrom.get(node.id)) way.unshift(node);
  return way;
}
