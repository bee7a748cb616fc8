/**
 * Everything a map link says, written as a query string and read back. What equals the default is left out, so that the
 * plain address is the whole mesh, now.
 *
 *   /?namespaces=bookinfo&graph=service&labels=rate,p95&select=service%2Fprimary%2Fbookinfo%2Freviews
 */
import { DEFAULT_SCOPE, parseScope, parseSpan, type Scope, writeScope } from "#components/shell/scope.ts";
import { GRAPH_TYPES, type GraphType } from "#lib/domain/graph/graph.ts";
import { GROUP_LEVELS, type GroupLevel } from "#lib/domain/graph/group.ts";
import { DIRECTIONS, type Focus, HOPS, WAYS } from "#lib/domain/graph/select/narrow.ts";
import { PROTOCOLS, type Protocol } from "#lib/domain/telemetry/edgeTable.ts";
import { formatSpan } from "#lib/format/time.ts";

export const EDGE_LABELS = [
  "rate",
  "errors",
  "average",
  "p50",
  "p95",
  "p99",
  "throughput",
  "messages",
  "mtls",
] as const;
export type EdgeLabel = (typeof EDGE_LABELS)[number];

export type MapViewState = Scope & {
  readonly graphType: GraphType;
  readonly serviceNodes: boolean;
  /** Draw what is configured but had no traffic. */
  readonly idleNodes: boolean;
  /** Draw operations (request_operation) between callers and what they call. */
  readonly operations: boolean;
  /** Draw the connections of ztunnels that carry calls which are reported in full. */
  readonly tunnelLegs: boolean;
  /** Kinds of traffic that are drawn, in the order of PROTOCOLS. */
  readonly protocols: readonly Protocol[];
  readonly labels: readonly EdgeLabel[];
  readonly show: "map" | "table";
  /** Kinds of boxes around nodes, from the outside in. */
  readonly boxes: readonly GroupLevel[];
  /** Id of a node, an edge, or a box. */
  readonly selected?: string;
  /** An expression of the find language, as typed: what is marked. */
  readonly find: string;
  /** The same: what is left out. */
  readonly hide: string;
  /** All that is drawn, when set: what lies around a node, or between two. */
  readonly focus?: Focus;
  /** The moment compared with. */
  readonly compare?: CompareMoment;
  /** Box ids the viewer folded. */
  readonly collapsed: readonly string[];
  /** Box ids the viewer unfolded in a mesh that starts folded; "all" for every one. */
  readonly expanded: readonly string[] | "all";
};

/** A moment in unix seconds, or so long before the moment shown. */
export type CompareMoment = { readonly atSeconds: number } | { readonly agoSeconds: number };

export const DEFAULT_VIEW: MapViewState = {
  ...DEFAULT_SCOPE,
  graphType: "versionedApp",
  serviceNodes: true,
  idleNodes: false,
  operations: false,
  tunnelLegs: false,
  protocols: PROTOCOLS,
  boxes: GROUP_LEVELS,
  labels: ["rate", "errors"],
  show: "map",
  find: "",
  hide: "",
  collapsed: [],
  expanded: [],
};

const MAX_TEXT = 1000;
const MAX_IDS = 500;

/** Reads a link. Whatever is unknown falls back to the default and is named in `problems`. */
export function parseView(parameters: URLSearchParams): { view: MapViewState; problems: readonly string[] } {
  const problems: string[] = [];
  const selected = parameters.get("select") ?? "";
  const expanded = parameters.get("expanded");
  const focus = parseFocus(parameters, problems);
  const compare = parseCompare(parameters.get("compare"), problems);
  const view: MapViewState = {
    ...parseScope(parameters, problems),
    graphType: oneOf(GRAPH_TYPES, parameters.get("graph"), DEFAULT_VIEW.graphType, "graph type", problems),
    serviceNodes: oneOf(["on", "off"], parameters.get("services"), "on", "service nodes", problems) === "on",
    idleNodes: oneOf(["on", "off"], parameters.get("idle"), "off", "idle nodes", problems) === "on",
    operations: oneOf(["on", "off"], parameters.get("operations"), "off", "operation nodes", problems) === "on",
    tunnelLegs: oneOf(["on", "off"], parameters.get("tunnels"), "off", "ztunnel connections", problems) === "on",
    protocols: parseChoices(PROTOCOLS, parameters.get("traffic"), DEFAULT_VIEW.protocols, "kinds of traffic", problems),
    boxes: parseChoices(GROUP_LEVELS, parameters.get("boxes"), DEFAULT_VIEW.boxes, "kinds of boxes", problems),
    labels: parseChoices(EDGE_LABELS, parameters.get("labels"), DEFAULT_VIEW.labels, "edge labels", problems),
    show: oneOf(["map", "table"], parameters.get("show"), DEFAULT_VIEW.show, "view", problems),
    find: (parameters.get("find") ?? "").slice(0, MAX_TEXT),
    hide: (parameters.get("hide") ?? "").slice(0, MAX_TEXT),
    ...(focus === undefined ? {} : { focus }),
    ...(compare === undefined ? {} : { compare }),
    collapsed: parseIds(parameters.get("collapsed")),
    expanded: expanded === "all" ? "all" : parseIds(expanded),
    ...(selected !== "" && selected.length <= MAX_TEXT ? { selected } : {}),
  };
  return { view, problems };
}

/** The query string of a view, without "?". */
export function formatView(view: MapViewState): string {
  const parameters = new URLSearchParams();
  writeScope(view, parameters);
  if (view.graphType !== DEFAULT_VIEW.graphType) parameters.set("graph", view.graphType);
  if (!view.serviceNodes) parameters.set("services", "off");
  if (view.idleNodes) parameters.set("idle", "on");
  if (view.operations) parameters.set("operations", "on");
  if (view.tunnelLegs) parameters.set("tunnels", "on");
  if (view.protocols.length < PROTOCOLS.length) parameters.set("traffic", view.protocols.join(",") || "none");
  if (view.boxes.length < GROUP_LEVELS.length) parameters.set("boxes", view.boxes.join(",") || "none");
  if (view.labels.join() !== DEFAULT_VIEW.labels.join()) parameters.set("labels", view.labels.join(",") || "none");
  if (view.show !== DEFAULT_VIEW.show) parameters.set("show", view.show);
  if (view.collapsed.length > 0) parameters.set("collapsed", view.collapsed.join(","));
  if (view.expanded === "all") parameters.set("expanded", "all");
  else if (view.expanded.length > 0) parameters.set("expanded", view.expanded.join(","));
  if (view.find !== "") parameters.set("find", view.find);
  if (view.hide !== "") parameters.set("hide", view.hide);
  if (view.focus !== undefined) writeFocus(view.focus, parameters);
  if (view.compare !== undefined) parameters.set("compare", formatCompare(view.compare));
  if (view.selected !== undefined) parameters.set("select", view.selected);
  return parameters.toString();
}

function oneOf<Value extends string>(
  values: readonly Value[],
  text: string | null,
  fallback: Value,
  what: string,
  problems: string[],
): Value {
  if (text === null) return fallback;
  const known = values.find((value) => value === text);
  if (known === undefined)
    problems.push(`The link asks for a ${what} this version does not know; ${fallback} is shown.`);
  return known ?? fallback;
}

function parseChoices<Value extends string>(
  values: readonly Value[],
  text: string | null,
  fallback: readonly Value[],
  what: string,
  problems: string[],
): readonly Value[] {
  if (text === null) return fallback;
  if (text === "none") return [];
  const wanted = new Set(text.split(","));
  // In the order of `values`, so that one choice has one link.
  const known = values.filter((value) => wanted.has(value));
  if (known.length < wanted.size) problems.push(`Some ${what} of the link are not known and were left out.`);
  return known;
}

/** Ids hold no comma: their segments are percent-encoded. */
function parseIds(text: string | null): readonly string[] {
  const ids = (text ?? "").split(",").filter((id) => id !== "" && id.length <= MAX_TEXT);
  return [...new Set(ids)].sort().slice(0, MAX_IDS);
}

/** focus=<id>&hops=2&direction=up, or path=<id>,<id>&ways=all: the names that the API has for them too. */
function parseFocus(parameters: URLSearchParams, problems: string[]): Focus | undefined {
  const path = parameters.get("path");
  const id = parameters.get("focus");
  if (path !== null) {
    const [from = "", to = "", ...more] = path.split(",");
    if (from !== "" && to !== "" && from !== to && more.length === 0 && path.length <= MAX_TEXT) {
      const ways = oneOf(WAYS, parameters.get("ways"), "shortest", "kind of way", problems);
      return { kind: "path", from, to, ways };
    }
    problems.push("The path of the link has no two ends and is not drawn.");
  }
  if (id === null || id === "" || id.length > MAX_TEXT) return undefined;
  const hops = Number(oneOf(HOPS, parameters.get("hops"), "1", "number of hops", problems));
  return {
    kind: "around",
    id,
    hops,
    direction: oneOf(DIRECTIONS, parameters.get("direction"), "both", "direction", problems),
  };
}

/** Writes the parameters of a focus; what is as usual is left out. */
export function writeFocus(focus: Focus, parameters: URLSearchParams): void {
  if (focus.kind === "path") {
    parameters.set("path", `${focus.from},${focus.to}`);
    if (focus.ways !== "shortest") parameters.set("ways", focus.ways);
    return;
  }
  parameters.set("focus", focus.id);
  if (focus.hops !== 1) parameters.set("hops", String(focus.hops));
  if (focus.direction !== "both") parameters.set("direction", focus.direction);
}

const LONGEST_AGO_SECONDS = 30 * 86_400;

/** "-1h" or unix seconds. */
function parseCompare(text: string | null, problems: string[]): CompareMoment | undefined {
  if (text === null) return undefined;
  const agoSeconds = text.startsWith("-") ? parseSpan(text.slice(1)) : undefined;
  if (agoSeconds !== undefined && agoSeconds > 0 && agoSeconds <= LONGEST_AGO_SECONDS) return { agoSeconds };
  if (/^\d{9,10}$/.test(text)) return { atSeconds: Number(text) };
  problems.push("The moment to compare with is not one that can be read; nothing is compared.");
  return undefined;
}

function formatCompare(compare: CompareMoment): string {
  return "atSeconds" in compare ? String(compare.atSeconds) : `-${formatSpan(compare.agoSeconds)}`;
}
