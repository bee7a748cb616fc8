/** Rates over time of one scope: requests and errors, TCP bytes, and percentiles where one object or namespace is asked for. */
import { distinctWarnings } from "#lib/domain/telemetry/distinctWarnings.ts";
import type { SeriesRequest, TimeSeries } from "#lib/domain/telemetry/timeSeries.ts";
import type { Answer } from "./answer.ts";
import { decodeSeries, hasPoints } from "./decodeSeries.ts";
import type { QueryContext } from "./queries.ts";
import { scopeMatchers } from "./scopeMatchers.ts";
import {
  canHavePercentiles,
  p95OverTime,
  proxyBytesOverTime,
  requestsOverTime,
  tunnelBytesOverTime,
  tunnelsOverTime,
} from "./seriesQueries.ts";

/** Reads the series with `ask`, which sends one range query. */
export async function readSeriesLane(
  ask: (promql: string) => Promise<Answer>,
  request: SeriesRequest,
  context: QueryContext,
): Promise<TimeSeries> {
  const matchers = scopeMatchers(request.scope, request.direction);
  const [requests, proxyBytes, tunnelBytes, p95] = await Promise.all([
    ask(requestsOverTime(matchers, context)),
    ask(proxyBytesOverTime(matchers, context)),
    ask(tunnelsOverTime(matchers, context)).then((tunnels) =>
      hasPoints(tunnels.data) ? ask(tunnelBytesOverTime(matchers, context)) : undefined,
    ),
    canHavePercentiles(request.scope) ? ask(p95OverTime(matchers, context)) : undefined,
  ]);
  const tcpBytes = [proxyBytes.data, tunnelBytes?.data].filter((data) => data !== undefined);
  const warnings = [requests, proxyBytes, tunnelBytes, p95].flatMap((answer) => answer?.warnings ?? []);
  return {
    ...decodeSeries(request, { requests: requests.data, tcpBytes, p95: p95?.data }),
    warnings: distinctWarnings(warnings),
  };
}
