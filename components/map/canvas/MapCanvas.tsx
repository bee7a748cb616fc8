"use client";
import "./canvas.css";
import { Maximize, Minus, Plus } from "lucide-react";
import { type Ref, useEffect, useImperativeHandle, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { ChangeMark } from "#components/map/compare/changeWords.ts";
import type { EdgeLabel } from "#components/map/viewState.ts";
import type { Graph, GraphEdge } from "#lib/domain/graph/graph.ts";
import type { Grouping } from "#lib/domain/graph/group.ts";
import { type Reach, reachable } from "#lib/domain/graph/reachable.ts";
import type { Detail, Frame } from "./camera.ts";
import { closeTo, EdgeFinder, isCrowd, isQuiet, quietPaths } from "./crowd.ts";
import { drawBoxes, drawEdges, drawNodes, type Emphasis, PlateMemory } from "./drawing.ts";
import { EdgeLine } from "./EdgeLine.tsx";
import { EdgePlate, type EdgePlateProps } from "./EdgePlate.tsx";
import { FoldedCard } from "./FoldedCard.tsx";
import { FarName, GroupBox } from "./GroupBox.tsx";
import { HoverTrace } from "./HoverTrace.tsx";
import { NodeGlyph } from "./NodeGlyph.tsx";
import { QuietEdges } from "./QuietEdges.tsx";
import { TrafficDots } from "./TrafficDots.tsx";
import { useCamera } from "./useCamera.ts";
import { useHostEvents } from "./useHostEvents.ts";
import type { MapLayout } from "./useLayout.ts";
import { useLayoutMotion } from "./useLayoutMotion.ts";
import { useMapKeys } from "./useMapKeys.ts";

export type MapCanvasHandle = {
  /** Shows the whole map. */
  fit(): void;
  /** Shows a node, an edge or a box, close enough to read. */
  zoomTo(id: string): void;
  /** Moves the keyboard focus to a node or an edge. */
  focus(id: string): void;
};

export type MapCanvasProps = {
  readonly graph: Graph;
  /** The boxes drawn around its nodes; the layout was made with the same. */
  readonly grouping: Grouping;
  /** From useLayout; undefined until the first one is there. */
  readonly layout: MapLayout | undefined;
  /** Id of a node, an edge or a box. */
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
  readonly onToggleBox: (box: string) => void;
  readonly labels: readonly EdgeLabel[];
  readonly showTraffic: boolean;
  /** Nodes and edges a search found. */
  readonly matches?: ReadonlySet<string>;
  /** What changed, while two moments are compared. */
  readonly marks?: ReadonlyMap<string, ChangeMark>;
  readonly ref?: Ref<MapCanvasHandle>;
};

/** The drawn map: pan, zoom, select, hover, walk with keys. It fills its parent. */
export function MapCanvas(props: MapCanvasProps) {
  const { graph, grouping, layout, selected, onSelect, onToggleBox, labels, showTraffic, matches, marks, ref } = props;
  const host = useRef<HTMLDivElement>(null);
  const layer = useRef<HTMLDivElement>(null);
  const [detail, setDetail] = useState<Detail>("near");
  const camera = useCamera(host, layer, setDetail);
  const [hovered, setHovered] = useState<string>();
  const [stop, setStop] = useState<string>();
  const [memory] = useState(() => new PlateMemory());

  const places = useMemo(() => new Map(layout?.nodes.map((node) => [node.id, node])), [layout]);
  const routes = useMemo(() => new Map(layout?.edges.map((edge) => [edge.id, edge])), [layout]);
  const lit = useMemo(() => litBy(graph, selected), [graph, selected]);
  const emphasis = useMemo<Emphasis>(() => ({ selected, lit, matches, marks }), [selected, lit, matches, marks]);
  const tabStop = firstKnown(places, [stop, selected, graph.nodes[0]?.id]);
  const nodes = useMemo(() => drawNodes(graph, places, emphasis, tabStop), [graph, places, emphasis, tabStop]);
  const isCrowded = isCrowd(graph);
  // In a crowd, edges with trouble, those that were found or changed, and those of what is selected or has the focus are
  // elements of their own.
  const edges = useMemo(() => {
    if (layout === undefined) return [];
    const isOwn = (edge: GraphEdge) => [edge.id, edge.source, edge.target].some((id) => id === selected || id === stop);
    const isMarked = ({ id }: GraphEdge) => matches?.has(id) === true || marks?.has(id) === true;
    return drawEdges(graph, layout, emphasis, (edge) => !(isCrowded && isQuiet(edge)) || isOwn(edge) || isMarked(edge));
  }, [graph, layout, emphasis, isCrowded, selected, stop, matches, marks]);
  const quiet = useMemo(
    () =>
      isCrowded && layout !== undefined
        ? quietPaths(graph.edges.filter(isQuiet), new Map(layout.edges.map((edge) => [edge.id, edge.route])))
        : [],
    [graph, layout, isCrowded],
  );
  const finder = useMemo(
    () => (isCrowded && layout !== undefined ? new EdgeFinder(layout) : undefined),
    [isCrowded, layout],
  );
  const boxes = useMemo(
    () => (layout ? drawBoxes(graph, grouping, layout, emphasis) : []),
    [graph, grouping, layout, emphasis],
  );
  const plates = useMemo(
    () => (layout ? memory.draw(graph, layout, labels, emphasis, detail) : NO_PLATES),
    [memory, graph, layout, labels, emphasis, detail],
  );
  useLayoutMotion(layer, layout);

  const frameOf = (id: string): Frame | undefined => {
    const box = layout?.boxes.find((candidate) => candidate.id === id);
    if (box !== undefined) return box;
    const edge = routes.get(id);
    const ends = edge === undefined ? [places.get(id)] : [places.get(edge.source), places.get(edge.target)];
    return around(ends.flatMap((end) => end ?? []));
  };
  const fit = (instantly = false) => {
    if (layout !== undefined) camera.fit({ x: 0, y: 0, width: layout.width, height: layout.height }, { instantly });
  };
  const focus = (id: string) => {
    if (places.has(id)) setStop(id);
    const frame = frameOf(id);
    if (frame !== undefined) camera.reveal(frame);
    layer.current
      ?.querySelector<SVGElement>(`[role="button"][data-select="${CSS.escape(id)}"]`)
      ?.focus({ preventScroll: true });
  };
  useImperativeHandle(ref, () => ({
    fit,
    focus,
    zoomTo: (id) => {
      const frame = frameOf(id);
      if (frame !== undefined) camera.fit(pad(frame, 120), { most: 1 });
    },
  }));

  // A new arrangement is shown whole. While nobody has moved the map, it also follows the size of the window.
  const arrangement = layout?.arrangement;
  const shown = useRef<string>(undefined);
  useLayoutEffect(() => {
    if (arrangement === undefined || shown.current === arrangement) return;
    fit(shown.current === undefined);
    shown.current = arrangement;
  });
  const refit = useRef(fit);
  useEffect(() => {
    refit.current = fit;
  });
  useEffect(() => {
    if (host.current === null) return undefined;
    const observer = new ResizeObserver(() => {
      if (!camera.isMoved()) refit.current(true);
    });
    observer.observe(host.current);
    return () => observer.disconnect();
  }, [camera]);

  const onKeyDown = useMapKeys(graph, grouping, places, {
    selected,
    focus,
    select: onSelect,
    toggleBox: onToggleBox,
    zoomBy: (factor) => camera.zoomBy(factor),
    fit: () => fit(),
  });
  const onClick = (event: MouseEvent) => {
    const target = event.target as Element;
    const fold = target.closest<SVGElement>("[data-fold]")?.dataset.fold;
    if (fold !== undefined) onToggleBox(fold);
    else if (target.closest("[data-map-control]") === null) {
      const id = idAt(event);
      if (id !== undefined && places.has(id)) setStop(id);
      onSelect(id === selected ? undefined : id);
    }
  };
  const idAt = (event: MouseEvent): string | undefined => {
    const id = (event.target as Element).closest<SVGElement>("[data-select]")?.dataset.select;
    if (id !== undefined || finder === undefined || host.current === null) return id;
    const { left, top } = host.current.getBoundingClientRect();
    const { x, y, k } = camera.current();
    return finder.at((event.clientX - left - x) / k, (event.clientY - top - y) / k, 5 / k);
  };
  const onPointer = (event: PointerEvent) => {
    if (event.pointerType !== "mouse" || event.buttons !== 0) return;
    const id = idAt(event);
    setHovered(id !== undefined && (places.has(id) || routes.has(id)) ? id : undefined);
  };
  useHostEvents(host, {
    keydown: onKeyDown,
    click: onClick,
    pointerover: onPointer,
    pointermove: (event) => {
      if (finder !== undefined) onPointer(event);
    },
    pointerleave: () => setHovered(undefined),
  });

  return (
    <div
      ref={host}
      className="map-host"
      data-detail={detail}
      data-comparing={marks === undefined ? undefined : ""}
      role="application"
      aria-label="Service map. Arrow keys walk between nodes, brackets through the edges of a node, Enter selects."
    >
      <div ref={layer} className="map-layer">
        <svg width={layout?.width ?? 0} height={layout?.height ?? 0} role="presentation">
          <g>
            {boxes.map((box) => (
              <GroupBox key={box.box.id} {...box} />
            ))}
          </g>
          {hovered !== undefined && <HoverTrace graph={graph} routes={routes} hovered={hovered} />}
          <QuietEdges paths={quiet} isDimmed={lit !== undefined} />
          <g>
            {edges.map((edge) => (
              <EdgeLine key={edge.id} {...edge} />
            ))}
          </g>
          <g>
            {nodes.glyphs.map((node) => (
              <NodeGlyph key={node.id} {...node} />
            ))}
            {nodes.cards.map((card) => (
              <FoldedCard key={card.id} {...card} />
            ))}
          </g>
          <g className="map-plates" aria-hidden="true">
            {plates.map((plate) => (
              <EdgePlate key={plate.id} {...plate} />
            ))}
          </g>
          <g aria-hidden="true">
            {boxes.map(({ box, level, name }) => (
              <FarName key={box.id} box={box} level={level} name={name} />
            ))}
          </g>
        </svg>
      </div>
      {showTraffic && (!isCrowded || lit !== undefined) && (
        <TrafficDots edges={graph.edges} routes={routes} lit={lit?.edges} plates={plates} camera={camera} />
      )}
      <div className="map-zoom" data-map-control="">
        <button type="button" aria-label="Zoom in" title="Zoom in (+)" onClick={() => camera.zoomBy(1.4)}>
          <Plus size={15} aria-hidden="true" />
        </button>
        <button type="button" aria-label="Zoom out" title="Zoom out (−)" onClick={() => camera.zoomBy(1 / 1.4)}>
          <Minus size={15} aria-hidden="true" />
        </button>
        <button type="button" aria-label="Show the whole map" title="Show the whole map (0)" onClick={() => fit()}>
          <Maximize size={14} aria-hidden="true" />
        </button>
      </div>
    </div>
  );
}

const NO_PLATES: readonly EdgePlateProps[] = [];

/** What stays at full strength for a selection: upstream and downstream of a node, an edge with its ends; all for a box. In a crowd only neighbours. */
function litBy(graph: Graph, selected: string | undefined): Reach | undefined {
  if (selected === undefined) return undefined;
  if (isCrowd(graph)) {
    const own = closeTo(graph, selected);
    return own.edges.size + own.nodes.size > 0 ? own : undefined;
  }
  if (graph.nodes.some((node) => node.id === selected)) return reachable(graph, selected);
  const edge = graph.edges.find((candidate) => candidate.id === selected);
  return edge && { nodes: new Set([edge.source, edge.target]), edges: new Set([edge.id]) };
}

function firstKnown(places: ReadonlyMap<string, unknown>, ids: readonly (string | undefined)[]): string | undefined {
  return ids.find((id) => id !== undefined && places.has(id));
}

type Room = { x: number; y: number; width: number; above: number; below: number };

function around(rooms: readonly Room[]): Frame | undefined {
  if (rooms.length === 0) return undefined;
  const left = Math.min(...rooms.map((room) => room.x - room.width / 2));
  const top = Math.min(...rooms.map((room) => room.y - room.above));
  const right = Math.max(...rooms.map((room) => room.x + room.width / 2));
  const bottom = Math.max(...rooms.map((room) => room.y + room.below));
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function pad(frame: Frame, by: number): Frame {
  return { x: frame.x - by, y: frame.y - by, width: frame.width + 2 * by, height: frame.height + 2 * by };
}
