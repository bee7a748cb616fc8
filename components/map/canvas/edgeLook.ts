/** What an edge looks like and is called. */

import type { EdgeLabel } from "#components/map/viewState.ts";
import { HEALTH_WORDS } from "#components/map/words.ts";
import type { GraphEdge } from "#lib/domain/graph/graph.ts";
import { type Lock, lockOf } from "#lib/domain/graph/lock.ts";
import type { Latency } from "#lib/domain/telemetry/latency.ts";
import { formatBytesRate, formatMilliseconds, formatPercent, formatRate } from "#lib/format/quantity.ts";
import type { Route } from "#lib/layout/layout.ts";

/** Bytes a second of a TCP edge, both ways. */
function bytesPerSecond(edge: GraphEdge & { protocol: "tcp" }): number {
  return edge.sentBytesPerSecond + edge.receivedBytesPerSecond;
}

/** Nothing flowed in the window. */
export function isIdle(edge: GraphEdge): boolean {
  return edge.protocol === "tcp" ? bytesPerSecond(edge) === 0 : edge.requestsPerSecond === 0;
}

/** 1 to 4 px by log rate, in half pixels: 1 up to 1 request (or 1 kB) a second, 4 from 1,000 (1 MB). */
export function strokeWidth(edge: GraphEdge): number {
  const rate = edge.protocol === "tcp" ? bytesPerSecond(edge) / 1000 : edge.requestsPerSecond;
  const width = 1 + Math.log10(Math.max(1, rate));
  return Math.min(4, Math.round(width * 2) / 2);
}

export type DrawnLock = Exclude<Lock, "unknown">;

/** The lock worth ink: open or broken where plaintext was seen; a closed one only where mTLS shares are asked for. */
export function drawnLock(edge: GraphEdge, labels: readonly EdgeLabel[]): DrawnLock | undefined {
  const lock = lockOf(edge);
  if (lock === "full") return labels.includes("mtls") ? lock : undefined;
  return lock === "unknown" ? undefined : lock;
}

/**
 * The figures of an edge that were asked for and are worth ink (an error share of zero is not), in wordings from full to short.
 * The shortest is the one figure that matters most: the error share where there is one.
 */
export function edgeLabelTexts(edge: GraphEdge, labels: readonly EdgeLabel[]): readonly string[] {
  const figures = labels.flatMap((label) => {
    const text = figure(edge, label);
    return text === undefined ? [] : { label, text };
  });
  if (figures.length === 0) return [];
  const main = figures.find(({ label }) => label === "errors") ?? figures[0]!;
  const wordings = [figures, figures.slice(0, 2), [main]].map((some) => some.map(({ text }) => text).join(" · "));
  return [...new Set(wordings)];
}

function figure(edge: GraphEdge, label: EdgeLabel): string | undefined {
  if (label === "mtls") return edge.mtlsPercent === undefined ? undefined : `mTLS ${formatPercent(edge.mtlsPercent)}`;
  if (edge.protocol === "tcp") {
    if (label === "throughput") return twoWays(edge.receivedBytesPerSecond, edge.sentBytesPerSecond);
    return label === "rate" ? formatBytesRate(bytesPerSecond(edge)) : undefined;
  }
  switch (label) {
    case "rate":
      return formatRate(edge.requestsPerSecond);
    case "errors":
      return edge.errorPercent > 0 ? formatPercent(edge.errorPercent) : undefined;
    case "throughput":
      return edge.throughput && twoWays(edge.throughput.requestBytesPerSecond, edge.throughput.responseBytesPerSecond);
    case "messages":
      return (
        edge.messages &&
        `↑ ${formatRate(edge.messages.sentPerSecond, "mps")} ↓ ${formatRate(edge.messages.receivedPerSecond, "mps")}`
      );
    default:
      return milliseconds(edge.latency, label);
  }
}

/** Bytes to the server and back: "↑ 4.10 kB/s ↓ 91.0 kB/s". */
function twoWays(up: number, down: number): string {
  return `↑ ${formatBytesRate(up)} ↓ ${formatBytesRate(down)}`;
}

function milliseconds(latency: Latency | undefined, key: keyof Latency): string | undefined {
  const value = latency?.[key];
  return value === undefined ? undefined : formatMilliseconds(value);
}

/** Errors first, then traffic: which label gets the room. Below 1 for healthy edges. */
export function edgeImportance(edge: GraphEdge): number {
  const severity = { failing: 3, degraded: 2, notReady: 1, healthy: 0, unknown: 0 }[edge.health];
  const traffic = edge.protocol === "tcp" ? bytesPerSecond(edge) / 2000 : edge.requestsPerSecond;
  return severity + (drawnLock(edge, []) === undefined ? 0 : 0.5) + Math.min(1, Math.log10(1 + traffic) / 6) / 2;
}

/** "productpage to reviews, http, failing, 12.4 rps, 8 % errors". */
export function describeEdge(edge: GraphEdge, sourceLabel: string, targetLabel: string): string {
  const parts = [
    `${sourceLabel} to ${targetLabel}`,
    { http: "HTTP", grpc: "gRPC", tcp: "TCP" }[edge.protocol],
    isIdle(edge) ? "no traffic" : HEALTH_WORDS[edge.health].toLowerCase(),
    edge.protocol === "tcp" ? formatBytesRate(bytesPerSecond(edge)) : formatRate(edge.requestsPerSecond),
    edge.protocol !== "tcp" && edge.errorPercent > 0 ? `${formatPercent(edge.errorPercent)} errors` : "",
    drawnLock(edge, []) !== undefined ? `${formatPercent(edge.mtlsPercent)} mTLS` : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}

/** A triangle at the end of a route, pointing the way the last curve arrives. */
export function arrowhead(route: Route, size: number): string {
  const [ax = 0, ay = 0, x = 0, y = 0] = route.slice(-4);
  const angle = Math.atan2(y - ay, x - ax);
  const corner = (turn: number) =>
    `${(x - size * Math.cos(angle + turn)).toFixed(1)},${(y - size * Math.sin(angle + turn)).toFixed(1)}`;
  return `M${x},${y}L${corner(0.4)} ${corner(-0.4)}Z`;
}
