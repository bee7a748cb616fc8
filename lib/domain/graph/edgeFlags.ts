/** Envoy's response flags on an edge: which calls a proxy ended, or answered, in the server's place. */
import { splitFlags } from "#lib/domain/telemetry/responseFlags.ts";
import type { GraphEdge } from "./graph.ts";

/** Calls of one code that carry one flag; `percent` is their share of all calls of the edge. */
export type FlagRate = {
  readonly code: string;
  readonly flag: string;
  readonly perSecond: number;
  readonly percent: number;
};

/** By code and single flag, most frequent first: a call flagged "UF,URX" counts for both. Over all hosts; [] for TCP. */
export function flagRates(edge: GraphEdge): FlagRate[] {
  if (edge.protocol === "tcp" || edge.requestsPerSecond <= 0) return [];
  const rates = new Map<string, { code: string; flag: string; perSecond: number }>();
  for (const { code, flags, perSecond } of edge.responses) {
    for (const flag of splitFlags(flags)) {
      const key = `${code} ${flag}`;
      const known = rates.get(key);
      if (known === undefined) rates.set(key, { code, flag, perSecond });
      else known.perSecond += perSecond;
    }
  }
  return [...rates.values()]
    .sort((left, right) => right.perSecond - left.perSecond)
    .map((rate) => ({ ...rate, percent: (100 * rate.perSecond) / edge.requestsPerSecond }));
}

/** True when a circuit breaker refused calls in the window: some call is flagged UO (upstream overflow), whatever its code. */
export function hasOpenBreaker(edge: GraphEdge): boolean {
  return flagRates(edge).some(({ flag, perSecond }) => flag === "UO" && perSecond > 0);
}
