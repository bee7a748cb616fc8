/**
 * Work that would hold up everything else for long, in pieces of a few milliseconds: a generator that yields between them.
 * Who runs it decides whether other things happen in between.
 */
export type Work<T> = Generator<undefined, T>;

/** Items between two pauses: some milliseconds of reading objects. */
const PIECE = 500;

/** Runs work to its end, all at once. */
export function finish<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

/** As items.map(make), in pieces. */
export function* mapInPieces<Item, Made>(items: readonly Item[], make: (item: Item) => Made): Work<Made[]> {
  const made: Made[] = [];
  for (const item of items) {
    made.push(make(item));
    if (made.length % PIECE === 0) yield;
  }
  return made;
}
