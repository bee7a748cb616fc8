/** Drawing an edge as cubic Bézier curves, and measuring it. Routes are flat number lists, see layout.ts. */
import type { Route } from "./layout.ts";

/** Width of the half circle with which an edge turns round. */
const TURN = 34;

/** Collects curves that leave and arrive level. */
export class RoutePen {
  readonly #points: number[];
  #x: number;
  #y: number;
  /** Where the level stretch that ends here began. */
  #levelFrom: number | undefined;

  constructor(x: number, y: number) {
    this.#x = x;
    this.#y = y;
    this.#points = [x, y];
  }

  /** A level-ended S from here to there; a straight line when both are on one level. */
  to(x: number, y: number): this {
    if (x === this.#x && y === this.#y) return this;
    if (y === this.#y && this.#levelFrom !== undefined && x > this.#x === this.#x > this.#levelFrom) {
      // One stretch after the other on one level is one line.
      this.#x = this.#levelFrom;
      this.#points.length -= 6;
    }
    this.#levelFrom = y === this.#y ? this.#x : undefined;
    const handle = (x - this.#x) * (y === this.#y ? 1 / 3 : 0.5);
    return this.#curve(this.#x + handle, this.#y, x - handle, y, x, y);
  }

  /** A turn to the other direction: bulges to the right when `side` is 1, to the left when it is -1. */
  turn(x: number, y: number, side: 1 | -1): this {
    const bulge = side * Math.min(TURN, 14 + Math.abs(y - this.#y) / 3);
    this.#levelFrom = undefined;
    const far = side === 1 ? Math.max(x, this.#x) : Math.min(x, this.#x);
    return this.#curve(far + bulge, this.#y, far + bulge, y, x, y);
  }

  /** Out to the right, in from the left, however the two ends lie; `out` is how far it swings on either side. */
  swing(x: number, y: number, out: number): this {
    this.#levelFrom = undefined;
    return this.#curve(this.#x + out, this.#y, x - out, y, x, y);
  }

  finish(): Route {
    return this.#points;
  }

  #curve(ax: number, ay: number, bx: number, by: number, x: number, y: number): this {
    this.#points.push(round(ax), round(ay), round(bx), round(by), round(x), round(y));
    this.#x = x;
    this.#y = y;
    return this;
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The `d` attribute of a route. */
export function routePath(route: Route): string {
  let d = `M${route[0]},${route[1]}`;
  for (let at = 2; at + 5 < route.length; at += 6)
    d += `C${route[at]},${route[at + 1]} ${route[at + 2]},${route[at + 3]} ${route[at + 4]},${route[at + 5]}`;
  return d;
}

/** A piece may cover about a screen, or a thin strip: more pieces are quicker to draw, fewer are quicker to hand over each frame. */
const PIECE = { area: 1_500_000, thin: 60 } as const;

/**
 * The route as several paths of small extent. A browser redraws the map by tiles and looks at every path whose extent touches a tile:
 * a few thousand edges from one end of the map to the other would all be looked at for every tile.
 */
export function routePieces(route: Route): string[] {
  const pieces: string[] = [];
  let d = "";
  let [left, top, right, bottom] = [0, 0, 0, 0];
  for (let at = 2; at + 5 < route.length; at += 6) {
    const xs = [route[at - 2]!, route[at]!, route[at + 2]!, route[at + 4]!];
    const ys = [route[at - 1]!, route[at + 1]!, route[at + 3]!, route[at + 5]!];
    const own = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)] as const;
    const all = [
      Math.min(left, own[0]),
      Math.min(top, own[1]),
      Math.max(right, own[2]),
      Math.max(bottom, own[3]),
    ] as const;
    const [width, height] = [all[2] - all[0], all[3] - all[1]];
    const isSmall = width * height <= PIECE.area || Math.min(width, height) <= PIECE.thin;
    if (d !== "" && !isSmall) {
      pieces.push(d);
      d = "";
    }
    [left, top, right, bottom] = d === "" ? own : all;
    if (d === "") d = `M${xs[0]},${ys[0]}`;
    d += `C${xs[1]},${ys[1]} ${xs[2]},${ys[2]} ${xs[3]},${ys[3]}`;
  }
  if (d !== "") pieces.push(d);
  return pieces;
}

/** Points along a route at even distances of about `step` pixels, both ends included: x0, y0, x1, y1… */
export function sampleRoute(route: Route, step: number): Float32Array {
  const fine: number[] = [route[0] ?? 0, route[1] ?? 0];
  for (let at = 2; at + 5 < route.length; at += 6) {
    const [x0, y0] = [route[at - 2]!, route[at - 1]!];
    const [ax, ay, bx, by, x1, y1] = [
      route[at]!,
      route[at + 1]!,
      route[at + 2]!,
      route[at + 3]!,
      route[at + 4]!,
      route[at + 5]!,
    ];
    const pieces = Math.max(2, Math.ceil((Math.abs(x1 - x0) + Math.abs(y1 - y0)) / 12));
    for (let piece = 1; piece <= pieces; piece++) {
      const t = piece / pieces;
      const u = 1 - t;
      fine.push(
        u * u * u * x0 + 3 * u * u * t * ax + 3 * u * t * t * bx + t * t * t * x1,
        u * u * u * y0 + 3 * u * u * t * ay + 3 * u * t * t * by + t * t * t * y1,
      );
    }
  }
  const lengths = [0];
  for (let at = 2; at < fine.length; at += 2)
    lengths.push(lengths.at(-1)! + Math.hypot(fine[at]! - fine[at - 2]!, fine[at + 1]! - fine[at - 1]!));
  const total = lengths.at(-1)!;
  const count = Math.max(1, Math.round(total / step));
  const even = new Float32Array((count + 1) * 2);
  let piece = 1;
  for (let index = 0; index <= count; index++) {
    const wanted = (total * index) / count;
    while (piece < lengths.length - 1 && lengths[piece]! < wanted) piece += 1;
    const from = lengths[piece - 1] ?? 0;
    const span = (lengths[piece] ?? 0) - from;
    const t = span > 0 ? (wanted - from) / span : 0;
    const a = (piece - 1) * 2;
    const b = Math.min(piece * 2, fine.length - 2);
    even[index * 2] = fine[a]! + (fine[b]! - fine[a]!) * t;
    even[index * 2 + 1] = fine[a + 1]! + (fine[b + 1]! - fine[a + 1]!) * t;
  }
  return even;
}

/** A small loop above the right shoulder of a node, for a call to itself. */
export function selfLoop(x: number, y: number, reach: number): Route {
  const top = y - reach;
  return [x + reach, y - 4, x + reach + 26, y - 6, x + reach + 14, top - 26, x + 6, top - 2].map(round);
}

/** The same route elsewhere. */
export function shiftRoute(route: Route, dx: number, dy: number): Route {
  return route.map((value, position) => round(value + (position % 2 === 0 ? dx : dy)));
}
