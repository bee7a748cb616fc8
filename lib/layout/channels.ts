/** The ways edges take between packed boxes: level and upright stretches in the gaps, as few bends as can be, side by side. */

/** A box to keep clear of. */
export type Obstacle = { readonly left: number; readonly top: number; readonly right: number; readonly bottom: number };

export type Passage = {
  /** Where it leaves a box to the right, and where it enters one from the left. */
  readonly from: { readonly x: number; readonly y: number };
  readonly to: { readonly x: number; readonly y: number };
};

/** Corners from the first upright stretch on: x of an upright stretch and the level it leads to. */
export type Turn = { readonly x: number; readonly y: number };

/** A bend counts like so many pixels. */
const BEND_COST = 90;
const TRACK = { widest: 9, room: 40 } as const;

/**
 * Finds the turns of every passage: level to `x`, then upright to `y`, level again, and so on; the last level is the one it enters on.
 * Passages that share a stretch get tracks beside each other.
 */
export function findPassages(obstacles: readonly Obstacle[], passages: readonly Passage[], gap: number): Turn[][] {
  const xs = lines(obstacles.flatMap((box) => [box.left - gap / 2, box.right + gap / 2]));
  const levels = obstacles.flatMap((box) => [box.top - gap / 2, box.bottom + gap / 2]);
  const found = passages.map(({ from, to }) => {
    const ys = lines([...levels, from.y, to.y]);
    const start = { x: nearest(xs, from.x + gap / 2), y: ys.indexOf(from.y) };
    const end = { x: nearest(xs, to.x - gap / 2), y: ys.indexOf(to.y) };
    const corners = shortestWay(xs, ys, obstacles, start, end);
    return turnsOf(corners.map((corner) => ({ x: xs[corner.x]!, y: ys[corner.y]! })));
  });
  return sideBySide(found, passages);
}

type Point = { readonly x: number; readonly y: number };

function lines(values: readonly number[]): number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function nearest(sorted: readonly number[], value: number): number {
  let best = 0;
  for (const [index, candidate] of sorted.entries())
    if (Math.abs(candidate - value) < Math.abs(sorted[best]! - value)) best = index;
  return best;
}

/** Dijkstra over the crossings of the lines; a state is a crossing and the direction of arrival. */
function shortestWay(
  xs: readonly number[],
  ys: readonly number[],
  obstacles: readonly Obstacle[],
  start: Point,
  end: Point,
): Point[] {
  const columns = xs.length;
  const stateOf = (x: number, y: number, upright: number) => (y * columns + x) * 2 + upright;
  const cost = new Float64Array(columns * ys.length * 2).fill(Number.POSITIVE_INFINITY);
  const before = new Int32Array(cost.length).fill(-1);
  const queue = new Queue();
  const first = stateOf(start.x, start.y, 0);
  const ends = [stateOf(end.x, end.y, 0), stateOf(end.x, end.y, 1)];
  cost[first] = 0;
  queue.push(0, first);
  let reached = -1;
  for (let state = queue.pop(); state !== undefined; state = queue.pop()) {
    if (ends.includes(state)) {
      reached = state;
      break;
    }
    const upright = state % 2;
    const crossing = (state - upright) / 2;
    const [x, y] = [crossing % columns, Math.floor(crossing / columns)];
    for (const [dx, dy] of STEPS) {
      const [nextX, nextY] = [x + dx, y + dy];
      const [x1, y1] = [xs[nextX], ys[nextY]];
      if (x1 === undefined || y1 === undefined || isBlocked(obstacles, xs[x]!, ys[y]!, x1, y1)) continue;
      const next = stateOf(nextX, nextY, dy === 0 ? 0 : 1);
      const bend = (dy === 0 ? 0 : 1) === upright ? 0 : BEND_COST;
      const sum = cost[state]! + Math.abs(x1 - xs[x]!) + Math.abs(y1 - ys[y]!) + bend;
      if (sum >= cost[next]!) continue;
      cost[next] = sum;
      before[next] = state;
      queue.push(sum, next);
    }
  }
  if (reached === -1) return [start, { x: start.x, y: end.y }, end];
  const way: Point[] = [];
  for (let state = reached; state !== -1; state = before[state]!) {
    const crossing = Math.floor(state / 2);
    way.push({ x: crossing % columns, y: Math.floor(crossing / columns) });
  }
  return way.reverse();
}

const STEPS = [
  [1, 0],
  [-1, 0],
  [0, 1],
  [0, -1],
] as const;

function isBlocked(obstacles: readonly Obstacle[], x0: number, y0: number, x1: number, y1: number): boolean {
  const [left, right] = x0 < x1 ? [x0, x1] : [x1, x0];
  const [top, bottom] = y0 < y1 ? [y0, y1] : [y1, y0];
  return obstacles.some((box) => left < box.right && right > box.left && top < box.bottom && bottom > box.top);
}

/** Upright stretches with the level each leads to. */
function turnsOf(points: readonly Point[]): Turn[] {
  const turns: Turn[] = [];
  let [x, y] = [points[0]!.x, points[0]!.y];
  for (const point of points.slice(1)) {
    if (point.y !== y) {
      const previous = turns.at(-1);
      if (previous !== undefined && previous.x === x) turns[turns.length - 1] = { x, y: point.y };
      else turns.push({ x, y: point.y });
    }
    [x, y] = [point.x, point.y];
  }
  return turns;
}

/** Moves stretches on one line that overlap apart: each takes the first track free along its whole length. */
function sideBySide(found: readonly (readonly Turn[])[], passages: readonly Passage[]): Turn[][] {
  const turns = found.map((list) => list.map((turn) => ({ ...turn })));
  type Stretch = { readonly from: number; readonly to: number; readonly move: (by: number) => void };
  const upright = new Map<number, Stretch[]>();
  const level = new Map<number, Stretch[]>();
  const add = (stretches: Map<number, Stretch[]>, line: number, a: number, b: number, move: Stretch["move"]) => {
    const list = stretches.get(line) ?? [];
    stretches.set(line, list);
    list.push({ from: Math.min(a, b), to: Math.max(a, b), move });
  };
  for (const [index, list] of turns.entries()) {
    let y = passages[index]!.from.y;
    for (const [step, turn] of list.entries()) {
      add(upright, turn.x, y, turn.y, (by) => (turn.x += by));
      y = turn.y;
      const next = list[step + 1];
      if (next !== undefined) add(level, y, turn.x, next.x, (by) => (turn.y += by));
    }
  }
  for (const stretches of [...upright.values(), ...level.values()]) {
    const ends: number[] = [];
    const sorted = stretches.sort((a, b) => a.from - b.from || b.to - a.to);
    const tracks = sorted.map((stretch) => {
      const free = ends.findIndex((end) => end < stretch.from);
      const track = free < 0 ? ends.length : free;
      ends[track] = stretch.to;
      return track;
    });
    const distance = Math.min(TRACK.widest, TRACK.room / ends.length);
    for (const [index, stretch] of sorted.entries())
      stretch.move(Math.round((tracks[index]! - (ends.length - 1) / 2) * distance));
  }
  return turns;
}

/** A binary heap of states by cost. */
class Queue {
  readonly #heap: { cost: number; state: number }[] = [];

  push(cost: number, state: number): void {
    const heap = this.#heap;
    let at = heap.push({ cost, state }) - 1;
    for (let parent = (at - 1) >> 1; at > 0 && heap[parent]!.cost > cost; parent = (at - 1) >> 1) {
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  pop(): number | undefined {
    const heap = this.#heap;
    const top = heap[0];
    const end = heap.pop();
    if (top === undefined || end === undefined || heap.length === 0) return top?.state;
    heap[0] = end;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && heap[left + 1]!.cost < heap[left]!.cost ? left + 1 : left;
      if (heap[child]!.cost >= heap[at]!.cost) break;
      [heap[at], heap[child]] = [heap[child]!, heap[at]!];
      at = child;
    }
    return top.state;
  }
}
