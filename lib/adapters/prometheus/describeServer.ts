/** What a Prometheus, or what stands for one, says about itself. Each page may be forbidden or missing: then a default, and a warning. */
import { isSourceError, type SourceErrorKind, type Warning } from "#lib/ports.ts";
import type { Answer } from "./answer.ts";
import { parseDuration } from "./duration.ts";
import { describeDuration } from "./moment.ts";
import type { PrometheusApi } from "./prometheusApi.ts";
import { type Matcher, selector } from "./selector.ts";
import { field, type Product, recogniseProduct } from "./serverProduct.ts";

/** Istio's own addon and most operators scrape every 15 seconds. */
const DEFAULT_SCRAPE_INTERVAL_SECONDS = 15;
/** What Prometheus keeps when no retention flag is set. */
const DEFAULT_RETENTION_SECONDS = 15 * 86_400;

/** Jobs are looked for among the series of the last hour: going through all blocks takes long on a large server. */
const JOBS_WITHIN_SECONDS = 3_600;
const NOT_TOLD: readonly SourceErrorKind[] = ["denied", "rejected", "malformed"];

export type ServerFacts = {
  readonly product?: Product;
  readonly version?: string;
  readonly scrapeIntervalSeconds: number;
  readonly retentionSeconds?: number;
  /** Whether there were Istio's metrics of the last hour; absent where the server does not tell. */
  readonly hasIstioMetrics?: boolean;
  readonly warnings: readonly Warning[];
};

/** Rejects when the server cannot be reached or is too slow to say its version; what else it does not tell is a warning. */
export async function describeServer(
  api: PrometheusApi,
  scope: readonly Matcher[],
  nowSeconds: number,
  signal: AbortSignal,
): Promise<ServerFacts> {
  const options = { signal, urgent: true };
  const slowToo = [...NOT_TOLD, "timeout"] as const;
  const onRequests = (name: string) =>
    told(
      api.labelValues(name, selector("istio_requests_total", scope), nowSeconds - JOBS_WITHIN_SECONDS, options),
      slowToo,
    );
  const [buildinfo, config, flags, runtimeinfo, jobs, metrics] = await Promise.all([
    told(api.status("buildinfo", options), NOT_TOLD),
    told(api.status("config", options), slowToo),
    told(api.status("flags", options), slowToo),
    told(api.status("runtimeinfo", options), slowToo),
    onRequests("job"),
    // What a collector pushed has no job.
    onRequests("__name__"),
  ]);
  const warnings: Warning[] = [];
  const product = recogniseProduct({
    buildinfo: buildinfo?.data,
    flags: flags?.data,
    headers: buildinfo?.headers ?? {},
  });
  const name = product ?? "The server";
  warnings.push(...clockWarnings(buildinfo?.headers?.date, nowSeconds));
  const scrapeIntervalSeconds = readScrapeInterval(field(config?.data, "yaml"), strings(jobs?.data));
  if (scrapeIntervalSeconds === undefined) {
    warnings.push({
      code: "scrape-interval-unknown",
      message: `${name} does not tell the scrape interval; ${DEFAULT_SCRAPE_INTERVAL_SECONDS} s is assumed.`,
      hint: "Choose windows of at least four scrape intervals. A Prometheus tells its own at /api/v1/status/config.",
    });
  }
  const retentionSeconds = readRetention({
    shown: field(runtimeinfo?.data, "storageRetention"),
    timeFlag: field(flags?.data, "storage.tsdb.retention.time"),
    sizeFlag: field(flags?.data, "storage.tsdb.retention.size"),
  });
  if (retentionSeconds === undefined) {
    warnings.push({
      code: "retention-unknown",
      message: `${name} does not tell how long it keeps data; moments it no longer has will look empty.`,
      hint: "A Prometheus tells it at /api/v1/status/runtimeinfo or /api/v1/status/flags.",
    });
  }
  // VictoriaMetrics names the version of Prometheus whose API it follows.
  const version = product === "VictoriaMetrics" ? undefined : field(buildinfo?.data, "version");
  return {
    ...(product === undefined ? {} : { product }),
    scrapeIntervalSeconds: scrapeIntervalSeconds ?? DEFAULT_SCRAPE_INTERVAL_SECONDS,
    warnings,
    ...(version === undefined ? {} : { version }),
    ...(retentionSeconds === undefined ? {} : { retentionSeconds }),
    ...(metrics === undefined ? {} : { hasIstioMetrics: strings(metrics.data).length > 0 }),
  };
}

/** Said with an empty reading: nothing was called, or nothing is scraped? */
export const NO_ISTIO_METRICS: Warning = {
  code: "no-istio-metrics",
  message: "The metrics server has no istio_requests_total of the last hour: no proxy of the mesh is scraped.",
  hint: "Scrape the pods' port 15020 at /stats/prometheus (Istio's samples/addons and its PodMonitor do), or check MESHSCOPE_PROMETHEUS_QUERY_SCOPE.",
};

/** Less is explained by an answer that took its time, and hides no scrape of a usual window. */
const LEAST_SKEW_SECONDS = 60;

/**
 * Samples carry the time of the server's clock, queries that of ours. `date` is the header of an answer.
 *
 *   server ahead    what counts as now was scraped long ago
 *   server behind   nothing has been scraped yet that counts as now
 */
function clockWarnings(date: string | undefined, nowSeconds: number): Warning[] {
  const skewSeconds = Date.parse(date ?? "") / 1_000 - nowSeconds;
  if (!(Math.abs(skewSeconds) >= LEAST_SKEW_SECONDS)) return [];
  const [side, effect] =
    skewSeconds > 0 ? ["ahead of", "what is shown as now is as old"] : ["behind", "the newest rates may be missing"];
  return [
    {
      code: "clock-skew",
      message: `The telemetry server's clock is ${describeDuration(Math.abs(skewSeconds))} ${side} ours: ${effect}.`,
      hint: "Let both machines take their time from the same source (NTP).",
    },
  ];
}

/** A page; undefined when the call fails in one of these ways. */
async function told(answer: Promise<Answer>, acceptable: readonly SourceErrorKind[]): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isSourceError(error) && acceptable.includes(error.kind)) return undefined;
    throw error;
  }
}

function strings(data: unknown): string[] {
  return Array.isArray(data) ? data.filter((value) => typeof value === "string") : [];
}

/**
 * The longest interval among the jobs that scrape Istio's metrics; the global one when no job can be told by name.
 * The page is Go's own YAML, one key a line, and can be a megabyte: scanning it for two keys takes a millisecond where
 * parsing it would stop the process for a second.
 *
 *   global:                              - job_name: podMonitor/istio-system/envoy-stats/0
 *     scrape_interval: 15s                 scrape_interval: 30s
 */
export function readScrapeInterval(yaml: string | undefined, jobs: readonly string[]): number | undefined {
  if (yaml === undefined) return undefined;
  let globalSeconds: number | undefined;
  let job: string | undefined;
  let longest: number | undefined;
  for (const [, key, value = ""] of yaml.matchAll(/^(?:- |  )(job_name|scrape_interval): (.+)$/gm)) {
    if (key === "job_name") {
      job = value.replace(/^["']|["']$/g, "");
      continue;
    }
    const seconds = parseDuration(value);
    if (seconds === undefined || seconds === 0) continue;
    if (job === undefined) globalSeconds ??= seconds;
    // Operators name the job "podMonitor/<ns>/<name>/0" and relabel it to "<ns>/<name>".
    else if (jobs.some((name) => name !== "" && job?.includes(name))) longest = Math.max(longest ?? 0, seconds);
  }
  return longest ?? globalSeconds;
}

/**
 * How long data is kept, in seconds; undefined where only its size is bounded, or nothing is said. `shown` is
 * storageRetention of runtimeinfo ("15d", "15d or 10GiB", "10GiB"), the flags are "0s" and "0B" where not set.
 */
export function readRetention({
  shown,
  timeFlag,
  sizeFlag,
}: {
  readonly shown: string | undefined;
  readonly timeFlag: string | undefined;
  readonly sizeFlag: string | undefined;
}): number | undefined {
  if (shown !== undefined) return parseDuration(shown.split(" ", 1)[0] ?? "");
  const seconds = timeFlag === undefined ? undefined : parseDuration(timeFlag);
  if (seconds !== 0) return seconds;
  return sizeFlag === undefined || sizeFlag === "0B" ? DEFAULT_RETENTION_SECONDS : undefined;
}
