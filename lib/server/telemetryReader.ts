/**
 * Readings shared by everyone who looks: one call for one moment, the last good one kept while the source fails.
 * Demand drives it: when nobody asks, nothing is read.
 */

import { addDetails } from "#lib/domain/telemetry/addDetails.ts";
import { distinctWarnings } from "#lib/domain/telemetry/distinctWarnings.ts";
import { calledNamespace } from "#lib/domain/telemetry/edgeKey.ts";
import { namespacesOf } from "#lib/domain/telemetry/edgeRows.ts";
import type { LatencyTable } from "#lib/domain/telemetry/edgeTable.ts";
import { buildLatencyTable } from "#lib/domain/telemetry/latency.ts";
import { type MergedRates, mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { type BucketReport, DETAILS, type Detail, type LatencyReport } from "#lib/domain/telemetry/reports.ts";
import type { SeriesRequest, TimeSeries } from "#lib/domain/telemetry/timeSeries.ts";
import {
  type Clock,
  SourceError,
  type SourceStatus,
  type TelemetryDescription,
  type TelemetrySource,
  type Warning,
} from "#lib/ports.ts";
import { RecentMap } from "./recentMap.ts";
import { SharedCalls } from "./sharedCalls.ts";
import { SourceHealth } from "./sourceHealth.ts";

/** Percentiles cost far more than rates and change slowly: read at most once a minute. */
const LATENCY_AGE_SECONDS = 60;
/** Only readings that cost little say whether the source is well: one viewer's month must not stop everyone's minute. */
const LONGEST_JUDGED_SECONDS = 3600;
/** A live window moves on in steps of this share of itself: a week by ten minutes, five minutes by one step. */
const STEPS_PER_WINDOW = 1000;
const KEPT_READINGS = 6;
const KEPT_LATENCIES = 4;

/** `atSeconds` absent means now. */
export type AskedMoment = { readonly windowSeconds: number; readonly atSeconds?: number | undefined };

type LatencyEntry = {
  readonly atSeconds: number;
  durations: LatencyReport["durations"];
  warnings: LatencyReport["warnings"];
  readonly buckets: Map<string, readonly BucketReport[]>;
};

export class TelemetryReader {
  readonly #source: TelemetrySource;
  readonly #clock: Clock;
  readonly #stepSeconds: number;
  readonly #health: SourceHealth;
  readonly #rateCalls = new SharedCalls<MergedRates>();
  readonly #latencyCalls = new SharedCalls<LatencyReport>();
  readonly #seriesCalls = new SharedCalls<TimeSeries>();
  readonly #readings = new RecentMap<string, MergedRates>(KEPT_READINGS);
  readonly #detailed = new RecentMap<string, MergedRates>(KEPT_READINGS);
  /** The last good live reading of each window. */
  readonly #lastGood = new RecentMap<number, MergedRates>(KEPT_READINGS);
  readonly #latencies = new RecentMap<string, LatencyEntry>(KEPT_LATENCIES);
  #description: TelemetryDescription | undefined;

  constructor(options: { source: TelemetrySource; clock: Clock; stepSeconds: number; random: () => number }) {
    this.#source = options.source;
    this.#clock = options.clock;
    this.#stepSeconds = options.stepSeconds;
    this.#health = new SourceHealth(options.clock, options.random);
  }

  get status(): SourceStatus {
    return this.#health.status;
  }

  /** What the source said about itself, once it has answered. */
  get description(): TelemetryDescription | undefined {
    return this.#description;
  }

  /**
   * Merged rates of a moment. While the source fails, "now" is answered with the last good reading, whose own
   * `atSeconds` tells its age; without one, and for moments of the past, rejects with SourceError.
   */
  async rates(
    asked: AskedMoment & { readonly details?: readonly Detail[] },
    signal: AbortSignal,
  ): Promise<MergedRates> {
    const rates = await this.#rates(asked, signal);
    const details = DETAILS.filter((detail) => asked.details?.includes(detail));
    return details.length === 0 ? rates : this.#withDetails(asked, rates, details, signal);
  }

  async #rates(asked: AskedMoment, signal: AbortSignal): Promise<MergedRates> {
    const { windowSeconds } = asked;
    const atSeconds = this.#readAt(asked);
    const key = `${windowSeconds}/${atSeconds}`;
    const kept = this.#readings.get(key);
    if (kept !== undefined) return kept;
    try {
      const merged = await this.#rateCalls.join(
        key,
        (shared) =>
          this.#unlessPaused(() =>
            this.#judged(asked, () => this.#readRates({ windowSeconds, atSeconds }, shared), shared),
          ),
        signal,
      );
      this.#readings.set(key, merged);
      if (asked.atSeconds === undefined) this.#lastGood.set(windowSeconds, merged);
      return merged;
    } catch (error) {
      const last = asked.atSeconds === undefined ? this.#lastGood.get(windowSeconds) : undefined;
      if (error instanceof SourceError && last !== undefined) return last;
      throw error;
    }
  }

  /**
   * The same rates with the details a view asked for; one call of the source for each combination of a moment, shared by
   * all who want it. Without them, and with a warning, when they cannot be read.
   */
  async #withDetails(
    { windowSeconds }: AskedMoment,
    rates: MergedRates,
    details: readonly Detail[],
    signal: AbortSignal,
  ): Promise<MergedRates> {
    const { atSeconds } = rates;
    const key = JSON.stringify({ windowSeconds, atSeconds, details });
    const kept = this.#detailed.get(key);
    if (kept !== undefined) return kept;
    try {
      const request = { windowSeconds, atSeconds, details };
      const detailed = await this.#rateCalls.join(
        key,
        (shared) => this.#unlessPaused(async () => addDetails(rates, await this.#source.readDetails(request, shared))),
        signal,
      );
      this.#detailed.set(key, detailed);
      return detailed;
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const message = `Details (${details.join(", ")}) could not be read: ${error.message}`;
      return { ...rates, warnings: [...rates.warnings, { code: "details-unavailable", message, hint: error.hint }] };
    }
  }

  /**
   * Latencies beside the edges of `rates`. Percentiles only for calls into those of `namespaces` that `rates` holds:
   * each costs a query. Those read within the last minute are shared. A failure is a warning: the map does not wait for
   * its second lane.
   */
  async latency(
    asked: AskedMoment & { readonly namespaces: readonly string[] },
    rates: MergedRates,
    signal: AbortSignal,
  ): Promise<{ asOf?: number; table?: LatencyTable; warnings: readonly Warning[] }> {
    try {
      const present = namespacesOf(rates.table);
      const namespaces = [...new Set(asked.namespaces)].filter((namespace) => present.has(namespace));
      const entry = await this.#latencyEntry({ ...asked, namespaces }, signal);
      const buckets = namespaces.flatMap((namespace) => entry.buckets.get(namespace) ?? []);
      const report = { atSeconds: entry.atSeconds, windowSeconds: rates.windowSeconds, warnings: [] };
      const table = buildLatencyTable({ ...report, durations: entry.durations, buckets }, rates.table, rates.moved);
      return { asOf: entry.atSeconds, table, warnings: entry.warnings };
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      const message = `Latencies could not be read: ${error.message}`;
      return { warnings: [{ code: "latency-unavailable", message, hint: error.hint }] };
    }
  }

  /** Rates over time of a scope. Rejects with SourceError. */
  series(request: SeriesRequest, signal: AbortSignal): Promise<TimeSeries> {
    return this.#seriesCalls.join(
      JSON.stringify(request),
      (shared) => this.#unlessPaused(() => this.#source.readSeries(request, shared)),
      signal,
    );
  }

  async #readRates(moment: { windowSeconds: number; atSeconds: number }, signal: AbortSignal): Promise<MergedRates> {
    const [report, description] = await Promise.all([
      this.#source.readRates(moment, signal),
      this.#source.describe(signal),
    ]);
    this.#description = description;
    return mergeReports({ ...report, warnings: [...description.warnings, ...report.warnings] });
  }

  async #latencyEntry(
    asked: AskedMoment & { readonly namespaces: readonly string[] },
    signal: AbortSignal,
  ): Promise<LatencyEntry> {
    const { windowSeconds } = asked;
    const now = this.#clock.nowSeconds();
    const key = asked.atSeconds === undefined ? `${windowSeconds}/now` : `${windowSeconds}/${asked.atSeconds}`;
    const kept = this.#latencies.get(key);
    const age = Math.max(LATENCY_AGE_SECONDS, this.#stepOf(windowSeconds));
    const isOld = asked.atSeconds === undefined && now - (kept?.atSeconds ?? 0) >= age;
    const known = isOld ? undefined : kept;
    const namespaces = asked.namespaces.filter((namespace) => known?.buckets.has(namespace) !== true);
    if (known !== undefined && namespaces.length === 0) return known;

    const atSeconds = known?.atSeconds ?? this.#readAt(asked);
    const request = { windowSeconds, atSeconds, namespaces };
    const report = await this.#latencyCalls.join(
      JSON.stringify(request),
      (shared) => this.#unlessPaused(() => this.#source.readLatency(request, shared)),
      signal,
    );
    // Another viewer may have read other namespaces meanwhile: theirs are kept.
    const current = this.#latencies.get(key);
    const filled =
      current?.atSeconds === atSeconds ? current : { atSeconds, durations: [], warnings: [], buckets: new Map() };
    filled.durations = report.durations;
    filled.warnings = distinctWarnings([...filled.warnings, ...report.warnings]);
    const read = Map.groupBy(report.buckets, calledNamespace);
    for (const namespace of namespaces) filled.buckets.set(namespace, read.get(namespace) ?? []);
    this.#latencies.set(key, filled);
    return filled;
  }

  /** Does not call the source while it is too early to try again. */
  #unlessPaused<Result>(call: () => Promise<Result>): Promise<Result> {
    const paused = this.#health.pausedBy;
    return paused === undefined ? call() : Promise.reject(paused);
  }

  /**
   * Keeps the source's health. Any reading that succeeds shows that it answers; that it does not, only live readings of
   * short windows, which everyone needs: one costly query of one viewer must not stop them.
   */
  async #judged<Result>(asked: AskedMoment, call: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    try {
      const result = await call();
      this.#health.succeeded();
      return result;
    } catch (error) {
      const isJudge = asked.atSeconds === undefined && asked.windowSeconds <= LONGEST_JUDGED_SECONDS;
      if (isJudge && error instanceof SourceError && !signal.aborted) this.#health.failed(error);
      throw error;
    }
  }

  /** The moment to read, on a step of the clock; there is nothing of the future yet. */
  #readAt(asked: AskedMoment): number {
    const seconds = Math.min(asked.atSeconds ?? Number.POSITIVE_INFINITY, this.#clock.nowSeconds());
    const step = asked.atSeconds === undefined ? this.#stepOf(asked.windowSeconds) : this.#stepSeconds;
    return Math.floor(seconds / step) * step;
  }

  /** By how much a live window moves on: whole steps of the clock. */
  #stepOf(windowSeconds: number): number {
    return this.#stepSeconds * Math.max(1, Math.floor(windowSeconds / STEPS_PER_WINDOW / this.#stepSeconds));
  }
}
