/**
 * The mesh through time. A regime is a span with one configuration:
 *
 *      configuration A      │    configuration B     │   configuration C
 *   epoch ──────────────────┼────────────────────────┼──────────────────────▶ now
 *
 * What happened between any two moments is, regime by regime, a sum of constants (flows) times the calls of the roots in
 * that part of the span (loadCurve.ts). Nothing is stored as time passes, and a change of configuration starts a regime
 * without touching the past.
 */
import { walkCalls } from "./callGraph.ts";
import { callsUntil } from "./loadCurve.ts";
import { createMeshViews, type Member } from "./meshView.ts";
import { reportCalls } from "./reportCalls.ts";
import type { Flow, Stream, StreamOf } from "./streams.ts";
import type { Root, World } from "./world.ts";

type Regime = {
  readonly startSeconds: number;
  endSeconds: number;
  /** For each node: how many requests it serves for one call of each root. */
  readonly requests: readonly ReadonlyMap<number, number>[];
  readonly flows: readonly Flow[];
};

export type Timeline = {
  readonly epochSeconds: number;
  /** All streams so far, by their index. */
  readonly streams: readonly Stream[];
  /** Calls the visitor with each flow's events between two moments. Flows of silent spans are left out. */
  visit(startSeconds: number, endSeconds: number, visitor: (flow: Flow, events: number) => void): void;
  /** To be called before the index changes: what is in force until now must be known first. */
  beforeChange(nowSeconds: number): void;
  /** To be called after the index changed. The new configuration is walked when it is first looked at. */
  afterChange(nowSeconds: number): void;
};

/** Begins a timeline at the epoch with the configuration that the clusters hold; roots are asked for at each change. */
export function createTimeline(options: {
  readonly members: readonly Member[];
  readonly programs: World["programs"];
  readonly roots: () => readonly Root[];
  readonly epochSeconds: number;
}): Timeline {
  const { members, epochSeconds } = options;
  const streams: Stream[] = [];
  const streamsByKey = new Map<string, Stream>();
  const roots: Root[] = [];
  const rootPlaces = new Map<string, number>();
  const regimes: Regime[] = [];
  let changedAt: number | undefined = epochSeconds;

  const streamOf: StreamOf = (key, make) => {
    let stream = streamsByKey.get(key);
    if (stream === undefined) {
      stream = { ...make(), index: streams.length };
      streams.push(stream);
      streamsByKey.set(key, stream);
    }
    return stream;
  };

  /** Roots keep their places for good, since requests of earlier regimes are counted by them. */
  const placeOf = (root: Root): number => {
    let place = rootPlaces.get(root.name);
    if (place === undefined) {
      place = roots.push(root) - 1;
      rootPlaces.set(root.name, place);
    }
    return place;
  };

  const settle = (): void => {
    if (changedAt === undefined) return;
    const startSeconds = changedAt;
    changedAt = undefined;
    const views = createMeshViews(members);
    const present = options.roots();
    const graph = walkCalls(views, { programs: options.programs, roots: present });
    const places = present.map(placeOf);
    const last = regimes.at(-1);
    const requests = [...graph.nodes.values()].map((node, place) => {
      const byRoot = new Map([...node.requests].map(([root, amount]) => [places[root] ?? 0, amount]));
      const before = last?.requests[place];
      return before !== undefined && sameRequests(before, byRoot) ? before : byRoot;
    });
    if (last !== undefined && last.startSeconds >= startSeconds) regimes.pop();
    else if (last !== undefined) last.endSeconds = startSeconds;
    const flows = keepSame(last?.flows ?? [], reportCalls(views, graph, streamOf));
    regimes.push({ startSeconds, endSeconds: Number.POSITIVE_INFINITY, requests, flows });
  };

  return {
    epochSeconds,
    get streams() {
      settle();
      return streams;
    },
    visit(startSeconds, endSeconds, visitor) {
      settle();
      for (const regime of regimes) {
        const from = Math.max(startSeconds, regime.startSeconds);
        const to = Math.min(endSeconds, regime.endSeconds);
        if (from >= to) continue;
        const calls = roots.map(({ load }) => callsUntil(load, to) - callsUntil(load, from));
        const served = regime.requests.map((requests) => {
          let sum = 0;
          for (const [root, amount] of requests) sum += amount * (calls[root] ?? 0);
          return sum;
        });
        for (const flow of regime.flows) {
          const events = flow.perRequest * (served[flow.node] ?? 0);
          if (events > 0) visitor(flow, events);
        }
      }
    },
    beforeChange(nowSeconds) {
      if (changedAt !== nowSeconds) settle();
    },
    afterChange(nowSeconds) {
      changedAt ??= nowSeconds;
    },
  };
}

/** A change alters few flows: the others are kept as they are, so that a regime costs little memory. */
function keepSame(before: readonly Flow[], after: readonly Flow[]): Flow[] {
  const known = new Map(before.map((flow) => [`${flow.stream.index} ${flow.node} ${flow.perRequest}`, flow]));
  return after.map((flow) => {
    const kept = known.get(`${flow.stream.index} ${flow.node} ${flow.perRequest}`);
    return kept !== undefined && sameFigures(kept, flow) ? kept : flow;
  });
}

function sameFigures(left: Flow, right: Flow): boolean {
  return (
    left.requestBytes === right.requestBytes &&
    left.responseBytes === right.responseBytes &&
    left.requestMessages === right.requestMessages &&
    left.responseMessages === right.responseMessages &&
    left.operation === right.operation &&
    left.connections === right.connections &&
    left.pods.length === right.pods.length &&
    left.pods.every((pod, place) => pod === right.pods[place]) &&
    left.time?.meanMilliseconds === right.time?.meanMilliseconds &&
    left.time?.steepness === right.time?.steepness &&
    left.time?.delayedShare === right.time?.delayedShare &&
    left.time?.delayMilliseconds === right.time?.delayMilliseconds
  );
}

function sameRequests(left: ReadonlyMap<number, number>, right: ReadonlyMap<number, number>): boolean {
  return left.size === right.size && [...left].every(([root, amount]) => right.get(root) === amount);
}
