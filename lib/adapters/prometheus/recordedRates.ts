/**
 * Which recorded rates can be trusted to stand for the raw series. Rules may be younger than a moment, lack a shard, or
 * run for one cluster of several: then the raw series are asked, so that no answer is wrong for being quick.
 */
import { QualityCounter } from "#lib/domain/telemetry/quality.ts";
import { EDGE, type Labels, label } from "./labels.ts";
import { MARKER, REPORTING_CLUSTER, type RecordedGroup, type RecordedWindows, RULES_VERSION } from "./recordedNames.ts";
import { decodeVector } from "./samples.ts";
import { equals, type Matcher, selector } from "./selector.ts";

/** Above this a mean over recorded windows is taken of some of them, evenly spread: 288 × 5 min are a day. */
const MOST_WINDOWS = 288;

/** Labels that every recorded series has, so that any matcher on them narrows recorded series as it does raw ones. */
const ON_ALL = new Set(["reporter", ...EDGE.split(",")]);

/** Who wrote a marker: its labels but for those of the group. One origin is one complete set of shards. */
export type Origins = ReadonlySet<string>;

/** Origins of each recorded window, in seconds, and the clusters they saw. */
export type RuleSets = ReadonlyMap<number, { readonly origins: Origins; readonly clusters: ReadonlySet<string> }>;

/** `meshscope_rules:group:info{version="1",group="rates",window="300",mesh="east"}` */
export function markerSelector(scope: readonly Matcher[], more: readonly Matcher[] = []): string {
  return selector(MARKER, [equals("version", RULES_VERSION), ...more, ...scope.filter(isOnMarkers)]);
}

function isOnMarkers({ label }: Matcher): boolean {
  return !ON_ALL.has(label);
}

/**
 * The complete sets of a group among marker rows; `accept` judges a row's value. Where a set lacks a shard its whole window is
 * left out, and so is a marker without a label of the scope: what it stands for is not told apart by it.
 */
export function decodeRuleSets(
  data: unknown,
  group: RecordedGroup,
  scope: readonly Matcher[],
  accept: (value: number) => boolean = () => true,
): RuleSets {
  const windows = new Map<number, { shards: Map<string, Set<string>>; complete: string[]; clusters: Set<string> }>();
  decodeVector(data, new QualityCounter(), (labels, value) => {
    const windowSeconds = Number(label(labels, "window"));
    const isScoped = scope.filter(isOnMarkers).every((matcher) => label(labels, matcher.label) !== "");
    if (label(labels, "group") !== group || !(windowSeconds > 0) || !isScoped || !accept(value)) return undefined;
    let entry = windows.get(windowSeconds);
    if (entry === undefined) {
      windows.set(windowSeconds, (entry = { shards: new Map(), complete: [], clusters: new Set() }));
    }
    const origin = originOf(labels);
    const seen = entry.shards.get(origin) ?? new Set();
    entry.shards.set(origin, seen.add(label(labels, "shard")));
    if (seen.size === Number(label(labels, "shards"))) entry.complete.push(origin);
    entry.clusters.add(label(labels, REPORTING_CLUSTER));
    return undefined;
  });
  return new Map(
    [...windows].flatMap(([windowSeconds, { shards, complete, clusters }]) =>
      complete.length === shards.size ? [[windowSeconds, { origins: new Set(complete), clusters }] as const] : [],
    ),
  );
}

const NOT_OF_ORIGIN = new Set(["__name__", "group", "shard", "measure"]);

function originOf(labels: Labels): string {
  const origin = Object.entries(labels).filter(([name]) => !NOT_OF_ORIGIN.has(name));
  return JSON.stringify(origin.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The sets that saw the proxies of every one of these clusters. */
export function coveringSets(sets: RuleSets, clusters: readonly string[]): RuleSets {
  return new Map([...sets].filter(([, set]) => clusters.every((cluster) => set.clusters.has(cluster))));
}

/** Whether an answer's markers hold every origin that was there when the rules were found. */
export function holdsOrigins(found: RuleSets, expected: RuleSets, recordedSeconds: number): boolean {
  const there = found.get(recordedSeconds)?.origins;
  const wanted = expected.get(recordedSeconds)?.origins;
  return there !== undefined && wanted !== undefined && [...wanted].every((origin) => there.has(origin));
}

/**
 * The recorded windows that make up a window: the longest that fit into it, end to end; one that is longer where none
 * fits. Undefined when nothing is recorded.
 *
 *     15 min of 5 min:   |-----|-----|-----|       7 days of 5 min:   |-----|     |-----|     |-----|  …
 */
export function recordedWindows(windowSeconds: number, sets: RuleSets): RecordedWindows | undefined {
  const sizes = [...sets.keys()].sort((left, right) => left - right);
  const recordedSeconds = sizes.findLast((size) => size <= windowSeconds) ?? sizes[0];
  if (recordedSeconds === undefined) return undefined;
  const all = Math.ceil(windowSeconds / recordedSeconds);
  const stepSeconds = recordedSeconds * Math.ceil(all / MOST_WINDOWS);
  return { recordedSeconds, stepSeconds, count: Math.ceil(windowSeconds / stepSeconds) };
}
