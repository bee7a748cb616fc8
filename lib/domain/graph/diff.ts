/**
 * Two graphs, each with the window its rates come from → what was added, removed and changed between them, and whether
 * that is more than noise.
 *
 *   before  web ─10─▶ cart ─10─▶ db         web → cart   rate 10 → 25 (+150 %)    changed
 *   after   web ─25─▶ cart      mail        cart → db    rate 10 → 0              removed
 *
 * A change is significant when it is both
 * - unlikely as chance: Poisson counts for rates, counts of requests for error shares, an assumed spread for durations
 *   (noise.ts), all tests of one diff judged together so that at most FALSE_SHARE of what is called significant is chance;
 * - worth saying: LEAST below. In a busy mesh a rate that moved by 1 % is certain, and of no interest.
 * Bytes are no counts of independent events, so for them the size alone decides.
 */
import type { Graph, GraphEdge, GraphNode } from "./graph.ts";
import { benjaminiHochberg, durationChance, rateChance, type Share, shareChance } from "./noise.ts";

export type Measured = { readonly graph: Graph; readonly windowSeconds: number };

/** Units: requests a second, percent, milliseconds, bytes a second. */
export const FIGURES = ["rate", "errorPercent", "average", "p95", "bytes"] as const;
export type Figure = (typeof FIGURES)[number];

export type Change = {
  /** Absent where it was not known. What is not in a graph has rate 0 there. */
  readonly before?: number;
  readonly after?: number;
  /** after − before; absent unless both are known. */
  readonly absolute?: number;
  /** absolute / before: 1 is twice as much. Absent when before is 0. */
  readonly relative?: number;
  readonly significant: boolean;
};

export type DiffStatus = "added" | "removed" | "changed" | "same";
export type Changes = { readonly [Name in Figure]?: Change };
type Diff = {
  readonly id: string;
  readonly status: DiffStatus;
  readonly significant: boolean;
  readonly changes: Changes;
};

/** Of a node: what it receives, or what it sends where it receives nothing. */
export type NodeDiff = Diff & { readonly label: string; readonly namespace: string };
export type EdgeDiff = Diff & Pick<GraphEdge, "source" | "target" | "protocol">;
export type GraphDiff = { readonly nodes: readonly NodeDiff[]; readonly edges: readonly EdgeDiff[] };

/** Of the changes called significant, the share that may be chance. */
const FALSE_SHARE = 0.01;
/** How widely durations spread, as standard deviation of the logarithm of a mean or percentile of one: heavier than exponential. */
const DURATION_SPREAD = { average: 1.5, p95: 3 } as const;
/** What is worth saying: relative, but for error shares, which are in points of percent. */
const LEAST = { rate: 0.1, errorPercent: 0.1, average: 0.2, p95: 0.2, bytes: 0.5 } as const;
const LEAST_BYTES_PER_SECOND = 1000;

/** Compares two graphs of one graph type, in the order of ids. */
export function diffGraphs(before: Measured, after: Measured): GraphDiff {
  const windows = { before: before.windowSeconds, after: after.windowSeconds };
  const carried = { before: carriedByNodes(before.graph), after: carriedByNodes(after.graph) };
  const nodes = pairById(before.graph.nodes, after.graph.nodes).map((pair) => ({
    ...pair,
    trials: tryFigures(pair.before && carried.before.get(pair.id), pair.after && carried.after.get(pair.id), windows),
  }));
  const edges = pairById(before.graph.edges, after.graph.edges).map((pair) => ({
    ...pair,
    trials: tryFigures(pair.before && carriedByEdge(pair.before), pair.after && carriedByEdge(pair.after), windows),
  }));
  const believe = judge([...nodes, ...edges].flatMap(({ trials }) => trials));
  return {
    nodes: nodes.map((pair) => {
      const { label, namespace } = shownOf(pair);
      return { ...conclude(pair, believe), label, namespace };
    }),
    edges: edges.map((pair) => {
      const { source, target, protocol } = shownOf(pair);
      return { ...conclude(pair, believe), source, target, protocol };
    }),
  };
}

type Pair<Item> = { readonly id: string; readonly before: Item | undefined; readonly after: Item | undefined };

function pairById<Item extends { readonly id: string }>(before: readonly Item[], after: readonly Item[]): Pair<Item>[] {
  const earlier = new Map(before.map((item) => [item.id, item]));
  const later = new Map(after.map((item) => [item.id, item]));
  const ids = [...new Set([...earlier.keys(), ...later.keys()])].sort();
  return ids.map((id) => ({ id, before: earlier.get(id), after: later.get(id) }));
}

function shownOf<Item>({ id, before, after }: Pair<Item>): Item {
  const item = after ?? before;
  if (item === undefined) throw new Error(`${id} is in neither graph; pairById takes ids from them`);
  return item;
}

/** What an edge or a node carries; absent where it does not apply or is not known. */
type Carried = {
  readonly requestsPerSecond?: number;
  readonly errorsPerSecond?: number;
  readonly averageMilliseconds?: number;
  readonly p95Milliseconds?: number;
  readonly bytesPerSecond?: number;
};

function carriedByEdge(edge: GraphEdge): Carried {
  if (edge.protocol === "tcp") return { bytesPerSecond: edge.sentBytesPerSecond + edge.receivedBytesPerSecond };
  const { latency, throughput } = edge;
  return {
    requestsPerSecond: edge.requestsPerSecond,
    errorsPerSecond: edge.errorsPerSecond,
    ...(latency === undefined ? {} : { averageMilliseconds: latency.average }),
    ...(latency?.p95 === undefined ? {} : { p95Milliseconds: latency.p95 }),
    ...(throughput && { bytesPerSecond: throughput.requestBytesPerSecond + throughput.responseBytesPerSecond }),
  };
}

function carriedByNodes(graph: Graph): ReadonlyMap<string, Carried> {
  const inbound = Map.groupBy(graph.edges, (edge) => edge.target);
  return new Map(graph.nodes.map((node) => [node.id, carriedByNode(node, inbound.get(node.id) ?? [])]));
}

function carriedByNode(node: GraphNode, inbound: readonly GraphEdge[]): Carried {
  const sums = inbound.length > 0 ? node.inbound : node.outbound;
  const requestsPerSecond = sums.httpPerSecond + sums.grpcPerSecond;
  const average = meanLatency(inbound);
  return {
    ...(requestsPerSecond > 0 || sums.tcpBytesPerSecond === 0
      ? { requestsPerSecond, errorsPerSecond: sums.httpErrorsPerSecond + sums.grpcErrorsPerSecond }
      : {}),
    ...(average === undefined ? {} : { averageMilliseconds: average }),
    ...(sums.tcpBytesPerSecond > 0 ? { bytesPerSecond: sums.tcpBytesPerSecond } : {}),
  };
}

/** Weighted by requests. */
function meanLatency(edges: readonly GraphEdge[]): number | undefined {
  let time = 0;
  let requests = 0;
  for (const edge of edges) {
    if (edge.protocol === "tcp" || edge.latency === undefined) continue;
    time += edge.latency.average * edge.requestsPerSecond;
    requests += edge.requestsPerSecond;
  }
  return requests > 0 ? time / requests : undefined;
}

type Windows = { readonly before: number; readonly after: number };
/** One figure of one pair. `chance` absent: no test, the size decides. */
type Trial = {
  readonly figure: Figure;
  readonly before: number | undefined;
  readonly after: number | undefined;
  readonly chance?: number;
};

function tryFigures(before: Carried | undefined, after: Carried | undefined, windows: Windows): readonly Trial[] {
  return [
    ...tryRequests(before, after, windows),
    ...tryDuration("average", "averageMilliseconds", before, after, windows),
    ...tryDuration("p95", "p95Milliseconds", before, after, windows),
    ...tryBytes(before, after),
  ];
}

function tryRequests(before: Carried | undefined, after: Carried | undefined, windows: Windows): readonly Trial[] {
  if (before?.requestsPerSecond === undefined && after?.requestsPerSecond === undefined) return [];
  const counted = (carried: Carried | undefined, seconds: number) => {
    const requests = carried?.requestsPerSecond ?? 0;
    const errors = carried?.errorsPerSecond ?? 0;
    return {
      rate: requests,
      events: requests * seconds,
      errors: errors * seconds,
      seconds,
      percent: requests > 0 ? (100 * errors) / requests : undefined,
    };
  };
  const [earlier, later] = [counted(before, windows.before), counted(after, windows.after)];
  const rate: Trial = { figure: "rate", before: earlier.rate, after: later.rate, chance: rateChance(earlier, later) };
  if (earlier.percent === undefined && later.percent === undefined) return [rate];
  const share = ({ errors, events }: typeof earlier): Share => ({ of: errors, among: events });
  return [
    rate,
    {
      figure: "errorPercent",
      before: earlier.percent,
      after: later.percent,
      chance: shareChance(share(earlier), share(later)),
    },
  ];
}

function tryDuration(
  figure: "average" | "p95",
  key: "averageMilliseconds" | "p95Milliseconds",
  before: Carried | undefined,
  after: Carried | undefined,
  windows: Windows,
): readonly Trial[] {
  const [earlier, later] = [before?.[key], after?.[key]];
  if (earlier === undefined && later === undefined) return [];
  if (earlier === undefined || later === undefined) return [{ figure, before: earlier, after: later, chance: 1 }];
  const chance = durationChance(
    { milliseconds: earlier, requests: (before?.requestsPerSecond ?? 0) * windows.before },
    { milliseconds: later, requests: (after?.requestsPerSecond ?? 0) * windows.after },
    DURATION_SPREAD[figure],
  );
  return [{ figure, before: earlier, after: later, chance }];
}

/** Bytes not measured in one of the graphs are not zero there; of an edge or node that is not there, they are. */
function tryBytes(before: Carried | undefined, after: Carried | undefined): readonly Trial[] {
  const of = (carried: Carried | undefined) => (carried === undefined ? 0 : carried.bytesPerSecond);
  const [earlier, later] = [of(before), of(after)];
  return earlier || later ? [{ figure: "bytes", before: earlier, after: later }] : [];
}

/** Which trials to believe. Judged together, since of thousands of tests some would be unlikely by chance alone. */
function judge(trials: readonly Trial[]): (trial: Trial) => boolean {
  const tested = trials.filter((trial) => trial.chance !== undefined);
  const verdicts = benjaminiHochberg(
    tested.map(({ chance = 1 }) => chance),
    FALSE_SHARE,
  );
  const believed = new Set(tested.filter((_, at) => verdicts[at] === true));
  return (trial) => (trial.chance === undefined || believed.has(trial)) && isWorthSaying(trial);
}

function isWorthSaying({ figure, before, after }: Trial): boolean {
  if (before === undefined || after === undefined) return false;
  const absolute = Math.abs(after - before);
  if (figure === "bytes" && absolute < LEAST_BYTES_PER_SECOND) return false;
  return absolute >= LEAST[figure] * (figure === "errorPercent" ? 1 : before) && absolute > 0;
}

function conclude<Item>(pair: Pair<Item> & { readonly trials: readonly Trial[] }, believe: (trial: Trial) => boolean) {
  const changes = Object.fromEntries(pair.trials.map((trial) => [trial.figure, changeOf(trial, believe(trial))]));
  const significant = Object.values(changes).some((change) => change.significant);
  const status: DiffStatus =
    pair.before === undefined ? "added" : pair.after === undefined ? "removed" : significant ? "changed" : "same";
  return { id: pair.id, status, significant, changes };
}

function changeOf({ before, after }: Trial, significant: boolean): Change {
  const absolute = before === undefined || after === undefined ? undefined : after - before;
  return {
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    ...(absolute === undefined ? {} : { absolute }),
    ...(absolute === undefined || !before ? {} : { relative: absolute / before }),
    significant,
  };
}

/** Trouble first: the figure a change is best told by, if any is significant. */
export function leadingChange(changes: Changes): { readonly figure: Figure; readonly change: Change } | undefined {
  for (const figure of ["errorPercent", "p95", "average", "rate", "bytes"] as const) {
    const change = changes[figure];
    if (change?.significant === true) return { figure, change };
  }
  return undefined;
}
