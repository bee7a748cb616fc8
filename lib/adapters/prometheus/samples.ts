/** Query results, checked value by value: a server that speaks almost Prometheus must not break the map. */
import type { QualityCounter, QualityProblem } from "#lib/domain/telemetry/quality.ts";
import { describeRow } from "#lib/domain/telemetry/usableRows.ts";
import { SourceError } from "#lib/ports.ts";
import { SOURCE } from "./answer.ts";
import { edgeLabels, type Labels, label } from "./labels.ts";

/** No mesh does a quadrillion of anything a second; a value above it is damage. */
const ABSURD_RATE = 1e15;

/** A rate from its wire form; undefined for NaN, infinities, negative and absurd values, and for anything not a number. */
export function decodeRate(value: unknown): number | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const rate = Number(value);
  return rate >= 0 && rate <= ABSURD_RATE ? rate : undefined;
}

/**
 * Calls `read` with each sample of an instant vector, which names the problem of what it does not accept. Those samples
 * and those that are no rate are left out, and counted in `quality`.
 */
export function decodeVector(
  data: unknown,
  quality: QualityCounter,
  read: (labels: Labels, value: number) => QualityProblem | undefined,
): void {
  for (const { metric, value: sample } of resultOf(data, "vector")) {
    const [, text] = Array.isArray(sample) ? (sample as unknown[]) : [];
    const value = decodeRate(text);
    const labels = isLabels(metric) ? metric : undefined;
    const problem = value === undefined || labels === undefined ? "bad-value" : read(labels, value);
    if (problem !== undefined) quality.count(problem, () => describeSample(labels, text));
  }
}

/** `value "NaN", reporter "source": shop/web → cart.shop.svc → shop/cart-v1` */
export function describeSample(labels: Labels = {}, value: unknown): string {
  const said = typeof value === "string" ? `value ${JSON.stringify(value)}` : "no value";
  return `${said}, reporter ${JSON.stringify(label(labels, "reporter"))}: ${describeRow(edgeLabels(labels))}`;
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

type Row = {
  readonly metric?: unknown;
  readonly value?: unknown;
  readonly values?: unknown;
  readonly histogram?: unknown;
};

/** The rows of an answer. Throws SourceError where there are none of this kind. */
export function resultOf(data: unknown, expected: "vector" | "matrix"): readonly Row[] {
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

export function isLabels(value: unknown): value is Labels {
  return typeof value === "object" && value !== null;
}
