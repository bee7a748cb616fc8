/** The layout's one entry: decides whether anything has to move at all. */
import { arrange } from "./arrange.ts";
import type { LayoutInput, LayoutResult } from "./layout.ts";
import { settle } from "./settle.ts";
import { unitsOfNodes } from "./units.ts";

/** Above this share of new nodes (and more than a handful) a new arrangement reads better than squeezing them in. */
const MUCH = { share: 0.2, nodes: 6 } as const;

/**
 * Positions and routes for a graph. With `previous`: the very same result when nothing was added, removed or resized; known nodes
 * stay and new ones are fitted in when little changed; everything anew when asked (`rearrange`), when much changed or a yard is new.
 */
export function layoutGraph(input: LayoutInput, previous?: LayoutResult): LayoutResult {
  if (previous === undefined || previous.nodes.length === 0 || input.rearrange === true)
    return arrange(input, previous);
  const yards = new Set(previous.boxes.map(({ id }) => id));
  if (input.boxes.some((box) => box.kind === "yard" && !yards.has(box.id))) return arrange(input, previous);
  const unitOf = unitsOfNodes(input);
  const unitBefore = unitsOfNodes({ ...previous, kind: input.kind ?? "yard" });
  const remembered = new Set(previous.departed.map((node) => node.id));
  let kept = 0;
  let strange = 0;
  for (const node of input.nodes) {
    if (unitBefore.get(node.id)?.unit === unitOf.get(node.id)?.unit) kept += 1;
    else if (!remembered.has(node.id)) strange += 1;
  }
  const gone = previous.nodes.length - kept;
  const limit = Math.max(MUCH.nodes, MUCH.share * previous.nodes.length);
  return strange > limit || gone > limit ? arrange(input, previous) : settle(input, previous);
}
