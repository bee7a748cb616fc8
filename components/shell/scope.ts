/**
 * What every page looks at: which clusters and namespaces, over which window, ending when.
 * Travels in the URL: ?cluster=primary&namespaces=bookinfo,travels&window=5m&at=1795223940
 */
import { formatSpan } from "#lib/format/time.ts";

export type Scope = {
  /** Empty means all. */
  readonly clusters: readonly string[];
  /** Empty means all. */
  readonly namespaces: readonly string[];
  readonly windowSeconds: number;
  /** Unix seconds the window ends at; absent means now. */
  readonly atSeconds?: number;
};

/** A change to some of it; `atSeconds: undefined` goes back to now. */
export type ScopeChange = Partial<Omit<Scope, "atSeconds">> & { readonly atSeconds?: number | undefined };

export const WINDOWS = [60, 300, 600, 1800, 3600, 10_800, 21_600, 43_200, 86_400] as const;
export const DEFAULT_SCOPE: Scope = { clusters: [], namespaces: [], windowSeconds: 300 };

const MAX_NAMES = 500;
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
// A DNS label or subdomain, as Kubernetes and istiod name namespaces and clusters; cluster names may hold capitals.
const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,251}[A-Za-z0-9])?$/;

/** Reads the scope; each value that makes no sense becomes its default and a sentence in `problems`. */
export function parseScope(parameters: URLSearchParams, problems: string[]): Scope {
  const atSeconds = parseMoment(parameters.get("at"), problems);
  return {
    clusters: parseNames(parameters, "cluster", problems),
    namespaces: parseNames(parameters, "namespaces", problems),
    windowSeconds: parseWindow(parameters.get("window"), problems),
    ...(atSeconds === undefined ? {} : { atSeconds }),
  };
}

/** Writes what differs from the default. */
export function writeScope(scope: Scope, parameters: URLSearchParams): void {
  if (scope.clusters.length > 0) parameters.set("cluster", scope.clusters.join(","));
  if (scope.namespaces.length > 0) parameters.set("namespaces", scope.namespaces.join(","));
  if (scope.windowSeconds !== DEFAULT_SCOPE.windowSeconds) parameters.set("window", formatSpan(scope.windowSeconds));
  if (scope.atSeconds !== undefined) parameters.set("at", String(scope.atSeconds));
}

function parseNames(parameters: URLSearchParams, key: string, problems: string[]): string[] {
  const wanted = (parameters.get(key) ?? "").split(",").filter((name) => name !== "");
  const names = [...new Set(wanted.filter((name) => NAME.test(name)))].sort().slice(0, MAX_NAMES);
  if (names.length < new Set(wanted).size) problems.push(`Some names in “${key}” are not valid and were left out.`);
  return names;
}

function parseWindow(text: string | null, problems: string[]): number {
  if (text === null) return DEFAULT_SCOPE.windowSeconds;
  const seconds = parseSpan(text);
  if (seconds !== undefined && seconds >= 15 && seconds <= 7 * 86_400) return seconds;
  problems.push(`The window is not one that can be shown; ${formatSpan(DEFAULT_SCOPE.windowSeconds)} is used.`);
  return DEFAULT_SCOPE.windowSeconds;
}

/** "1m30s" → 90; undefined for anything else. */
export function parseSpan(text: string): number | undefined {
  if (!/^(\d{1,6}[smhd]){1,4}$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit = "s"] of text.matchAll(/(\d+)([smhd])/g)) total += Number(count) * (UNITS[unit] ?? 0);
  return total;
}

function parseMoment(text: string | null, problems: string[]): number | undefined {
  if (text === null) return undefined;
  if (/^\d{9,10}$/.test(text)) return Number(text);
  problems.push("The moment is not one that can be shown; the latest reading is.");
  return undefined;
}
