/**
 * The latency lane: means of the whole mesh, histograms of the calls into some namespaces.
 *
 *   means, as servers say   ─┐
 *   means, as clients say   ─┼─▶ edges that only clients report ─▶ their histograms, as clients say
 *   histograms, a namespace ─┘
 */
import { calledNamespace, edgeKey } from "#lib/domain/telemetry/edgeKey.ts";
import { QualityCounter } from "#lib/domain/telemetry/quality.ts";
import type { BucketReport, DurationReport, EdgeLabels } from "#lib/domain/telemetry/reports.ts";
import { isSourceError, type Warning } from "#lib/ports.ts";
import type { Answer } from "./answer.ts";
import { decodeBuckets, decodeDurations } from "./decodeReports.ts";
import { withEmptyBuckets } from "./emptyBuckets.ts";
import { meanRows } from "./meanRows.ts";
import { decodeNativeBuckets } from "./nativeHistograms.ts";
import { clientBuckets, durations, type QueryContext, serverBuckets } from "./queries.ts";
import { onSharedBounds } from "./sharedBounds.ts";

export type Latencies = {
  readonly durations: readonly DurationReport[];
  readonly buckets: readonly BucketReport[];
  readonly warnings: readonly Warning[];
};

/** Reads the lane with `ask`, which sends one instant query. */
export async function readLatencyLane(
  ask: (promql: string) => Promise<Answer>,
  namespaces: ReadonlySet<string>,
  context: QueryContext,
): Promise<Latencies> {
  const quality = new QualityCounter();
  const [servers, clients, histograms] = await Promise.all([
    ask(durations("server", context)),
    ask(durations("client", context)),
    Promise.all([...namespaces].map((name) => ifManageable(name, ask(serverBuckets(name, context))))),
  ]);
  const serverDurations = decodeDurations(servers.data, quality);
  const clientDurations = decodeDurations(clients.data, quality);
  const unserved = unservedEdges(serverDurations, clientDurations, namespaces);
  const names = [...new Set([...unserved.values()].map((edge) => edge.destinationServiceName))];
  const answers = [...histograms];
  if (names.length > 0) {
    answers.push(await ifManageable("calls that no server reports", ask(clientBuckets(names, context))));
  }
  const { histograms: held } = context;
  const decode = held?.kind === "native" ? decodeNativeBuckets : decodeBuckets;
  const sent = answers.flatMap(({ data }) => (data === undefined ? [] : decode(data, quality)));
  const rows = held?.kind === "classic" ? withEmptyBuckets(sent, held.bounds) : sent;
  return {
    durations: [...serverDurations, ...clientDurations],
    buckets: rows.filter((row) => row.reporter !== "source" || unserved.has(edgeKey(row, row.protocol))),
    warnings: [...[servers, clients, ...answers].flatMap(({ warnings }) => warnings), ...leftOut(quality)],
  };
}

/** The latencies of a window from those of its samples. */
export function meanLatencies(parts: readonly Latencies[]): Pick<Latencies, "durations" | "buckets"> {
  return {
    durations: meanRows(
      parts.map((part) => part.durations),
      ["millisecondsPerSecond", "countPerSecond"],
    ),
    buckets: meanRows(onSharedBounds(parts.map((part) => part.buckets)), ["perSecond"]),
  };
}

/** The latency lane has no quality note of its own: its few damaged series are told in a warning. */
function leftOut(quality: QualityCounter): Warning[] {
  return quality.notes().map(({ rows, examples }) => ({
    code: "latency-series-left-out",
    message: `${rows} latency series were left out, such as ${examples[0] ?? "one without labels"}.`,
    hint: "Look at the series in Prometheus; a collector may rewrite values or labels.",
  }));
}

/** Histograms may be too much for a server that answers everything else: then they are missing, with a warning. */
async function ifManageable(of: string, answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    if (!isSourceError(error) || error.kind === "unreachable" || error.kind === "denied") throw error;
    const message = `No percentiles for ${of}: ${error.message}`;
    return { data: undefined, warnings: [{ code: "percentiles-missing", message, hint: error.hint }] };
  }
}

/** Edges that only clients report, by edge key: calls to external hosts, to workloads without a proxy, to nobody. */
function unservedEdges(
  servers: readonly DurationReport[],
  clients: readonly DurationReport[],
  namespaces: ReadonlySet<string>,
): Map<string, EdgeLabels> {
  const served = new Set(servers.map((row) => edgeKey(row, row.protocol)));
  const unserved = new Map<string, EdgeLabels>();
  for (const row of clients) {
    const key = edgeKey(row, row.protocol);
    if (!served.has(key) && namespaces.has(calledNamespace(row))) unserved.set(key, row);
  }
  return unserved;
}
