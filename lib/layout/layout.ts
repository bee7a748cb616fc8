/**
 * What the layout takes and gives: plain data, so that it can cross into a Web Worker and back.
 * All lengths are map pixels (1 at zoom 1); y grows downwards.
 */

/** A thing to place. Its reference point is the centre of its glyph, where edges dock. */
export type LayoutNode = {
  readonly id: string;
  /** Id of the innermost box it belongs to, "" when it stands outside every box. */
  readonly box: string;
  readonly width: number;
  /** Space the node needs above and below its reference point. */
  readonly above: number;
  readonly below: number;
  /** Distance from the reference point to where edges begin and end, left and right. */
  readonly reach: number;
};

export type LayoutEdge = { readonly id: string; readonly source: string; readonly target: string };

/** A box around nodes or other boxes. */
export type LayoutBox = {
  readonly id: string;
  /** Id of the box around it, "" for none. */
  readonly parent: string;
  /** A yard holds boxes, packed to a shape, and nodes beside them; a room holds nodes, and small rooms, in layers. */
  readonly kind: "yard" | "room";
  /** Space around what is inside; the top leaves room for the title. */
  readonly padding: { readonly side: number; readonly top: number; readonly bottom: number };
};

export type LayoutInput = {
  readonly nodes: readonly LayoutNode[];
  /** In any order; every box a node or a box names is among them. */
  readonly boxes: readonly LayoutBox[];
  /** Whether the whole is a yard, as it is by default, or one room without a border. */
  readonly kind?: "yard" | "room";
  readonly edges: readonly LayoutEdge[];
  /** Forget the positions of before (their order still counts): the viewer asked for another arrangement. */
  readonly rearrange?: boolean;
  /** Width to height of the place the drawing is shown in; matters only when it is arranged anew. */
  readonly aspect?: number;
};

export type PlacedNode = LayoutNode & { readonly x: number; readonly y: number };

export type PlacedBox = LayoutBox & {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
};

/**
 * An edge as a run of cubic Bézier curves: x0 y0, then six numbers a curve (two control points and the end).
 * It starts at the right of the source and ends at the left of the target.
 */
export type Route = readonly number[];

export type RoutedEdge = LayoutEdge & { readonly route: Route };

export type LayoutResult = {
  readonly nodes: readonly PlacedNode[];
  /** Outer boxes before those inside them. */
  readonly boxes: readonly PlacedBox[];
  readonly edges: readonly RoutedEdge[];
  /** Nodes that went away lately, so that one that returns finds its old place free. */
  readonly departed: readonly PlacedNode[];
  readonly width: number;
  readonly height: number;
};
