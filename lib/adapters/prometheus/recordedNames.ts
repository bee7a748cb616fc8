/** Names of what the recording rules write; the convention is level:metric:operations. */
import { CLIENT_SIDE, SERVER_SIDE } from "./labels.ts";

/** Changes when recorded series of an older set would be read wrongly. */
export const RULES_VERSION = "1";

/** Says that a group of rules runs: labels version, group, window, shard, shards, and the cluster whose proxies it saw. */
export const MARKER = "meshscope_rules:group:info";

/** The marker's label for that cluster; no label of an edge, which also names the clusters that others call from. */
export const REPORTING_CLUSTER = "reporting_cluster";

/** Where a proxy says in which cluster it runs itself. */
export const OWN_CLUSTERS = [
  { reporters: CLIENT_SIDE, label: "source_cluster" },
  { reporters: SERVER_SIDE, label: "destination_cluster" },
] as const;

/** What reads a group's series: the map, or its latencies. Each is complete without the other. */
export type RecordedGroup = "rates" | "latency";

/** `count` recorded windows of `recordedSeconds`, one every `stepSeconds`: all there are, or samples of a long time. */
export type RecordedWindows = {
  readonly recordedSeconds: number;
  readonly stepSeconds: number;
  readonly count: number;
};

/** `istio_requests_total`, 300 → `meshscope_edge:istio_requests:rate5m` */
export function recordedName(metric: string, windowSeconds: number): string {
  return `meshscope_edge:${metric.replace(/_total$/, "")}:rate${shortDuration(windowSeconds)}`;
}

/** 300 → "5m", 3600 → "1h", 90 → "90s". */
export function shortDuration(seconds: number): string {
  if (seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}
