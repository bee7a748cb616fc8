/** From graph, layout and choices to the properties of everything drawn. Pure. */
import type { ChangeMark } from "#components/map/compare/changeWords.ts";
import type { EdgeLabel } from "#components/map/viewState.ts";
import { HEALTH_WORDS, nodeName, tooltip } from "#components/map/words.ts";
import type { Graph, GraphEdge, GraphNode } from "#lib/domain/graph/graph.ts";
import type { Group, Grouping } from "#lib/domain/graph/group.ts";
import type { Reach } from "#lib/domain/graph/reachable.ts";
import { formatCount } from "#lib/format/quantity.ts";
import { versionChip } from "#lib/layout/graphLayoutInput.ts";
import { type LabelWish, type PlacedLabel, placeLabels } from "#lib/layout/labels.ts";
import type { LayoutResult, PlacedNode } from "#lib/layout/layout.ts";
import { wrapLabel } from "#lib/layout/nodeLabel.ts";
import type { Detail } from "./camera.ts";
import { isCrowd, isQuiet } from "./crowd.ts";
import type { EdgeLineProps } from "./EdgeLine.tsx";
import { type EdgePlateProps, PLATE_HEIGHT, plateMarks, plateWidth } from "./EdgePlate.tsx";
import { describeEdge, drawnLock, edgeImportance, edgeLabelTexts, isIdle, strokeWidth } from "./edgeLook.ts";
import type { FoldedCardProps } from "./FoldedCard.tsx";
import type { GroupBoxProps } from "./GroupBox.tsx";
import { nodeIcon } from "./icons.ts";
import type { NodeGlyphProps } from "./NodeGlyph.tsx";
import { describeNode, formatTotals, nodeBadges, sizeStep } from "./nodeLook.ts";

/** What stands out. `lit` undefined: everything at full strength. */
export type Emphasis = {
  readonly selected: string | undefined;
  readonly lit: Reach | undefined;
  readonly matches: ReadonlySet<string> | undefined;
  /** While two moments are compared: what changed. */
  readonly marks?: ReadonlyMap<string, ChangeMark> | undefined;
};

function stateOf(id: string, isLit: boolean, emphasis: Emphasis, ...more: readonly string[]): string {
  return [
    ...(id === emphasis.selected ? ["selected"] : []),
    ...(isLit ? [] : ["dimmed"]),
    ...(emphasis.matches?.has(id) === true ? ["match"] : []),
    ...(emphasis.marks === undefined ? [] : [emphasis.marks.get(id)?.state ?? "same"]),
    ...more,
  ].join(" ");
}

/** Nodes and cards, in the order of the graph. Nodes the layout does not know yet are left out. */
export function drawNodes(
  graph: Graph,
  places: ReadonlyMap<string, PlacedNode>,
  emphasis: Emphasis,
  tabStop: string | undefined,
): { readonly glyphs: readonly NodeGlyphProps[]; readonly cards: readonly FoldedCardProps[] } {
  const isOneCluster = hasOneCluster(graph);
  const glyphs: NodeGlyphProps[] = [];
  const cards: FoldedCardProps[] = [];
  for (const node of graph.nodes) {
    const place = places.get(node.id);
    if (place === undefined) continue;
    const isLit = emphasis.lit?.nodes.has(node.id) ?? true;
    const state = stateOf(node.id, isLit, emphasis, ...(node.flags.includes("idle") ? ["idle"] : []));
    const { id, health } = node;
    const description = describeNode(node, isOneCluster ? undefined : node.cluster);
    const isTabStop = node.id === tabStop;
    const hint = tooltip(description, node.reasons);
    const common = { id, health, x: place.x, y: place.y, description, tooltip: hint, state, isTabStop };
    if (node.type === "box") cards.push({ ...common, ...cardTexts(node) });
    else
      glyphs.push({
        ...common,
        width: place.width,
        icon: nodeIcon(node),
        size: sizeStep(node),
        lines: wrapLabel(node.label).join("\n"),
        chip: versionChip(node),
        badges: nodeBadges(node.flags).join(" "),
      });
  }
  return { glyphs, cards };
}

const NO_MEMBERS: NonNullable<GraphNode["members"]> = { workloads: 0, services: 0, unhealthy: 0 };

function cardTexts(node: GraphNode): Pick<FoldedCardProps, "name" | "counts" | "unhealthy" | "traffic"> {
  const { namespaces = 0, workloads, services, unhealthy } = node.members ?? NO_MEMBERS;
  const count = (number: number, word: string) =>
    number === 0 ? [] : [`${formatCount(number)} ${word}${number === 1 ? "" : "s"}`];
  return {
    name: node.label,
    counts: [
      ...count(namespaces, "namespace"),
      ...count(workloads, "workload"),
      // What does not fit is in the inspector.
      ...(unhealthy > 0 || namespaces > 0 ? [] : count(services, "service")),
    ]
      .slice(0, unhealthy > 0 ? 1 : 2)
      .join(" · "),
    unhealthy: unhealthy === 0 ? "" : `${formatCount(unhealthy)} unhealthy`,
    traffic: [sideText("in", node.inbound), sideText("out", node.outbound)].filter((text) => text !== "").join("   "),
  };
}

function sideText(word: string, totals: GraphNode["inbound"]): string {
  const text = formatTotals(totals);
  return text === undefined ? "" : `${word} ${text.split(" and ")[0]}`;
}

/** Edges from quiet to troubled, so that trouble is drawn on top. `isSingle` tells which have an element of their own. */
export function drawEdges(
  graph: Graph,
  layout: LayoutResult,
  emphasis: Emphasis,
  isSingle: (edge: GraphEdge) => boolean = () => true,
): readonly EdgeLineProps[] {
  const routes = new Map(layout.edges.map((edge) => [edge.id, edge.route]));
  const names = new Map(graph.nodes.map((node) => [node.id, nodeName(node)]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const order = { unknown: 0, healthy: 0, notReady: 1, degraded: 2, failing: 3 } as const;
  return graph.edges
    .filter(isSingle)
    .sort((a, b) => order[a.health] - order[b.health] || (a.id < b.id ? -1 : 1))
    .flatMap((edge) => {
      const route = routes.get(edge.id);
      if (route === undefined) return [];
      const traits = [...(edge.protocol === "tcp" ? ["tcp"] : []), ...(isIdle(edge) ? ["idle"] : [])];
      const description = describeEdge(edge, nameOf(edge.source), nameOf(edge.target));
      return {
        id: edge.id,
        route,
        health: edge.health,
        width: strokeWidth(edge),
        description,
        tooltip: tooltip(description, edge.reasons),
        state: stateOf(edge.id, emphasis.lit?.edges.has(edge.id) ?? true, emphasis, ...traits),
      };
    });
}

/** Boxes around groups of nodes, with what their titles say. A namespace names its cluster where no box around it does. */
export function drawBoxes(
  graph: Graph,
  grouping: Grouping,
  layout: LayoutResult,
  emphasis: Emphasis,
): readonly GroupBoxProps[] {
  const isOneCluster = hasOneCluster(graph);
  return layout.boxes.flatMap((box) => {
    const group = grouping.groups.get(box.id);
    if (group === undefined) return [];
    const { level, cluster, label, health } = group;
    const isLit = emphasis.lit === undefined || group.nodes.some((node) => emphasis.lit?.nodes.has(node) === true);
    const name = level !== "namespace" || isOneCluster || group.parent !== undefined ? label : `${cluster} / ${label}`;
    const [inbound, outbound] = [sideText("in", group.inbound), sideText("out", group.outbound)];
    const description = describeGroup(group, [inbound, outbound]);
    return { box, level, name, health, inbound, outbound, description, state: stateOf(box.id, isLit, emphasis) };
  });
}

function hasOneCluster(graph: Graph): boolean {
  // What the viewer may not see is in no cluster.
  return new Set(graph.nodes.map(({ cluster }) => cluster).filter((cluster) => cluster !== "")).size <= 1;
}

/** "namespace bookinfo, degraded, in 12.4 rps". */
function describeGroup({ level, label, health }: Group, traffic: readonly string[]): string {
  return [`${level} ${label}`, HEALTH_WORDS[health].toLowerCase(), ...traffic].filter((part) => part !== "").join(", ");
}

/** Room the labels ask for. Trouble and plaintext always ask, at least for their marks; healthy edges only with figures. */
function wishLabels(
  edges: readonly GraphEdge[],
  labels: readonly EdgeLabel[],
  scale: number,
): { readonly wishes: readonly LabelWish[]; readonly texts: ReadonlyMap<string, readonly string[]> } {
  const texts = new Map<string, readonly string[]>();
  const wishes = edges.flatMap((edge) => {
    const marks = plateMarks(edge.health, drawnLock(edge, labels));
    const wordings = [...(isIdle(edge) ? [] : edgeLabelTexts(edge, labels)), ...(marks > 0 ? [""] : [])];
    if (wordings.length === 0) return [];
    texts.set(edge.id, wordings);
    const widths = wordings.map((text) => plateWidth(text, marks) * scale);
    return { edge: edge.id, widths, height: PLATE_HEIGHT * scale, importance: edgeImportance(edge) };
  });
  return { wishes, texts };
}

/** Plates grow in map pixels as the viewer steps back, and from very far there are none. */
const PLATE_SCALE: Readonly<Record<Detail, number>> = { near: 1, middle: 1.25, far: 1.7, farthest: 0 };

/** In a crowd seen from afar, only so many edges say more than their colour. */
const WORST = 12;

function worstOf(edges: readonly GraphEdge[]): readonly GraphEdge[] {
  return edges
    .filter((edge) => !isQuiet(edge))
    .sort((a, b) => edgeImportance(b) - edgeImportance(a))
    .slice(0, WORST);
}

/** Plates for the labels that fit. */
function drawPlates(
  graph: Graph,
  layout: LayoutResult,
  labels: readonly EdgeLabel[],
  emphasis: Emphasis,
  detail: Detail,
  previous: readonly PlacedLabel[],
): { readonly plates: readonly EdgePlateProps[]; readonly placed: readonly PlacedLabel[] } {
  const edges = new Map(graph.edges.map((edge) => [edge.id, edge]));
  const scale = PLATE_SCALE[detail];
  const isWanted = (edge: GraphEdge) =>
    (emphasis.lit?.edges.has(edge.id) ?? true) &&
    (detail !== "far" || plateMarks(edge.health, drawnLock(edge, [])) > 0);
  if (scale === 0) return { plates: [], placed: [] };
  if (emphasis.marks !== undefined) return drawChanges(graph, layout, emphasis, emphasis.marks, scale, previous);
  const wanted = graph.edges.filter(isWanted);
  const isWorstOnly = isCrowd(graph) && detail !== "near" && emphasis.lit === undefined;
  const { wishes, texts } = wishLabels(isWorstOnly ? worstOf(wanted) : wanted, labels, scale);
  const placed = placeLabels(layout, wishes, previous, scale);
  const plates = placed.flatMap(({ edge: id, x, y, wording }) => {
    const edge = edges.get(id);
    if (edge === undefined) return [];
    const { health } = edge;
    const state = stateOf(id, true, emphasis);
    return { id, x, y, text: texts.get(id)?.[wording] ?? "", health, lock: drawnLock(edge, labels), scale, state };
  });
  return { plates, placed };
}

/** While comparing, plates say what changed and nothing else. */
function drawChanges(
  graph: Graph,
  layout: LayoutResult,
  emphasis: Emphasis,
  marks: ReadonlyMap<string, ChangeMark>,
  scale: number,
  previous: readonly PlacedLabel[],
): { readonly plates: readonly EdgePlateProps[]; readonly placed: readonly PlacedLabel[] } {
  const wishes = graph.edges.flatMap((edge): LabelWish[] => {
    const text = marks.get(edge.id)?.text ?? "";
    if (text === "" || emphasis.lit?.edges.has(edge.id) === false) return [];
    const widths = [plateWidth(text, 0) * scale];
    return [{ edge: edge.id, widths, height: PLATE_HEIGHT * scale, importance: edgeImportance(edge) }];
  });
  const placed = placeLabels(layout, wishes, previous, scale);
  const plates = placed.map(({ edge: id, x, y }): EdgePlateProps => {
    const text = marks.get(id)?.text ?? "";
    return { id, x, y, text, health: "unknown", lock: undefined, scale, state: stateOf(id, true, emphasis) };
  });
  return { plates, placed };
}

/** Draws plates again and again and remembers where they were, so that they stay there. */
export class PlateMemory {
  #placed: readonly PlacedLabel[] = [];

  draw(
    graph: Graph,
    layout: LayoutResult,
    labels: readonly EdgeLabel[],
    emphasis: Emphasis,
    detail: Detail,
  ): readonly EdgePlateProps[] {
    const { plates, placed } = drawPlates(graph, layout, labels, emphasis, detail, this.#placed);
    this.#placed = placed;
    return plates;
  }
}
