/** Routes after a small change: edges whose ends stayed keep theirs, those that moved along with a box move theirs. */
import { NODE_GAP } from "./idleRows.ts";
import type { LayoutEdge, LayoutResult, PlacedNode, RoutedEdge } from "./layout.ts";
import { RoutePen, selfLoop, shiftRoute } from "./route.ts";
import { compare } from "./units.ts";

/** All others get a plain curve, or a turn when they lead back. */
export function routeAgain(
  edges: readonly LayoutEdge[],
  nodes: ReadonlyMap<string, PlacedNode>,
  previous: LayoutResult,
): RoutedEdge[] {
  const before = new Map(previous.edges.map((edge) => [edge.id, edge]));
  const wasAt = new Map(previous.nodes.map((node) => [node.id, node]));
  const moveOf = (node: PlacedNode) => {
    const was = wasAt.get(node.id);
    return was === undefined || was.reach !== node.reach ? undefined : { x: node.x - was.x, y: node.y - was.y };
  };
  return edges
    .flatMap((edge): RoutedEdge[] => {
      const source = nodes.get(edge.source);
      const target = nodes.get(edge.target);
      if (source === undefined || target === undefined) return [];
      const old = before.get(edge.id);
      const [from, to] = [moveOf(source), moveOf(target)];
      if (old !== undefined && from !== undefined && from.x === to?.x && from.y === to.y)
        return [from.x === 0 && from.y === 0 ? old : { ...old, route: shiftRoute(old.route, from.x, from.y) }];
      return [{ id: edge.id, source: edge.source, target: edge.target, route: plainRoute(source, target) }];
    })
    .sort((a, b) => compare(a.id, b.id));
}

function plainRoute(source: PlacedNode, target: PlacedNode): RoutedEdge["route"] {
  if (source.id === target.id) return selfLoop(source.x, source.y, source.reach);
  const start = source.x + source.reach;
  const end = target.x - target.reach;
  const pen = new RoutePen(start, source.y);
  if (end > start) return pen.to(end, target.y).finish();
  const lane = Math.max(source.y + source.below, target.y + target.below) + NODE_GAP / 2;
  return pen.turn(start, lane, 1).to(end, lane).turn(end, target.y, -1).finish();
}
