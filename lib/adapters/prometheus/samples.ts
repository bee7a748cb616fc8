/** Query results, checked value by value: a server that speaks almost Prometheus must not break the map. */
import type { Warning } from "#lib/ports.ts";
import { SourceError } from "#lib/ports.ts";
import { SOURCE } from "./answer.ts";
import type { Labels } from "./labels.ts";

/** No mesh does a quadrillion of anything a second; a value above it is damage. */
const ABSURD_RATE = 1e15;

/** Counts what was left out while decoding. */
export type Dropped = { count: number };

/** A rate from its wire form; undefined for NaN, infinities, negative and absurd values, and for anything not a number. */
export function decodeRate(value: unknown): number | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const rate = Number(value);
  return rate >= 0 && rate <= ABSURD_RATE ? rate : undefined;
}

/** Calls `read` with each sample of an instant vector; what it does not accept (false) or is no rate is counted as dropped. */
export function decodeVector(data: unknown, dropped: Dropped, read: (labels: Labels, value: number) => boolean): void {
  for (const row of resultOf(data, "vector")) {
    const [, text] = Array.isArray(row.value) ? (row.value as unknown[]) : [];
    const value = decodeRate(text);
    if (value === undefined || !isLabels(row.metric) || !read(row.metric, value)) dropped.count += 1;
  }
}

/** Calls `read` with the points of each series of a range query; points that are no rate are gaps. */
export function decodeMatrix(
  data: unknown,
  read: (labels: Labels, points: readonly (readonly [atSeconds: number, value: number])[]) => void,
): void {
  for (const row of resultOf(data, "matrix")) {
    if (!isLabels(row.metric) || !Array.isArray(row.values)) continue;
    const points: [number, number][] = [];
    for (const point of row.values as unknown[]) {
      const [at, text] = Array.isArray(point) ? (point as unknown[]) : [];
      const value = decodeRate(text);
      if (typeof at === "number" && value !== undefined) points.push([at, value]);
    }
    read(row.metric, points);
  }
}

type Row = { readonly metric?: unknown; readonly value?: unknown; readonly values?: unknown };

function resultOf(data: unknown, expected: "vector" | "matrix"): readonly Row[] {
  const { resultType, result } = isLabels(data) ? data : {};
  if (resultType !== expected || !Array.isArray(result)) {
    throw new SourceError({
      source: SOURCE,
      kind: "malformed",
      message: `A query was answered with ${typeof resultType === "string" ? `a "${resultType.slice(0, 40)}"` : "no result"} instead of a ${expected}.`,
      hint: "Something between us and Prometheus rewrites answers, or the server is not Prometheus.",
    });
  }
  return (result as unknown[]).filter(isLabels);
}

function isLabels(value: unknown): value is Labels {
  return typeof value === "object" && value !== null;
}

/** What to tell about dropped samples: nothing when there were none. */
export function droppedWarnings({ count }: Dropped): Warning[] {
  if (count === 0) return [];
  return [
    {
      code: "samples-dropped",
      message: `${count} samples were left out: no rate (NaN, infinite, negative or absurdly large), or no known reporter.`,
      hint: "Look at the series in Prometheus; a collector may rewrite values or labels.",
    },
  ];
}
