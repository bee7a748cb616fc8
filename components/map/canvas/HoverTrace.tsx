import { useMemo } from "react";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { reachable } from "#lib/domain/graph/reachable.ts";
import type { RoutedEdge } from "#lib/layout/layout.ts";
import { routePath } from "#lib/layout/route.ts";
import { closeTo, isCrowd } from "./crowd.ts";

type Props = {
  readonly graph: Graph;
  readonly routes: ReadonlyMap<string, RoutedEdge>;
  readonly hovered: string;
};

/** What is upstream and downstream of the thing under the pointer, traced behind the nodes. Two elements, however many edges. */
export function HoverTrace({ graph, routes, hovered }: Props) {
  const { near, far } = useMemo(() => {
    const edge = routes.get(hovered);
    if (edge !== undefined) return { near: routePath(edge.route), far: "" };
    const reach = isCrowd(graph) ? closeTo(graph, hovered) : reachable(graph, hovered);
    let direct = "";
    let beyond = "";
    for (const candidate of graph.edges) {
      const routed = reach.edges.has(candidate.id) ? routes.get(candidate.id) : undefined;
      if (routed === undefined) continue;
      if (candidate.source === hovered || candidate.target === hovered) direct += routePath(routed.route);
      else beyond += routePath(routed.route);
    }
    return { near: direct, far: beyond };
  }, [graph, routes, hovered]);
  return (
    <g className="map-trace" aria-hidden="true">
      {far !== "" && <path className="map-trace-far" d={far} />}
      <path className="map-trace-near" d={near} />
    </g>
  );
}
