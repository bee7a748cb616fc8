/**
 * A list's answer, item by item as it arrives. Whole, a page of 500 large objects is hundreds of megabytes of text, whose
 * parsing stops everything else for seconds; this way no step is longer than the largest object.
 *
 *   {"kind":"PodList","metadata":{…},"items":[ {…} , {…} , {…} ]}
 *   ╰────────────── frame ───────────────────╯ item  item  item ╰╯ frame again
 */
import { setImmediate } from "node:timers/promises";
import { type Shape, shape } from "#lib/domain/mesh/shape.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPENING: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const CLOSING: ReadonlySet<number> = new Set([0x7d, 0x5d]);
const BLANK: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** etcd holds objects of up to 1.5 MB. */
const PART_LIMIT_BYTES = 32 * 1024 * 1024;
const SLICE_MS = 10;

/**
 * Calls `take` with each item, in order, and lets other work in between; resolves with the frame, whose `items` is [].
 * Rejects with SyntaxError when the answer is not JSON, with RangeError when one part of it is beyond all measure.
 */
export async function readList(chunks: AsyncIterable<Buffer>, take: (item: unknown) => void): Promise<Shape> {
  const splitter = new ListSplitter();
  let sliceStart = performance.now();
  for await (const chunk of chunks) {
    for (const item of splitter.split(chunk)) {
      take(JSON.parse(item));
      if (performance.now() - sliceStart < SLICE_MS) continue;
      await setImmediate();
      sliceStart = performance.now();
    }
  }
  return shape(JSON.parse(splitter.frame));
}

/** Follows brackets and strings only; whether the parts are JSON is for their parser to find out. */
class ListSplitter {
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  /** Within the elements of `items`. */
  #isInItems = false;
  /** Within one of them. */
  #isInItem = false;
  #item: Buffer[] = [];
  #frame: Buffer[] = [];

  get frame(): string {
    return Buffer.concat(this.#frame).toString("utf8");
  }

  /** The items that end within a chunk. */
  *split(chunk: Buffer): Generator<string> {
    let start = 0;
    const cut = (parts: Buffer[], end: number): void => {
      if (end > start) parts.push(chunk.subarray(start, end));
      start = end;
    };
    for (let at = 0; at < chunk.length; at += 1) {
      const byte = chunk[at] ?? 0;
      if (this.#isString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#isString = false;
        continue;
      }
      if (this.#isInItems && !this.#isInItem) {
        // Between two items: the comma and the space belong to neither.
        if (byte === COMMA || BLANK.has(byte)) {
          start = at + 1;
          continue;
        }
        this.#isInItem = !CLOSING.has(byte);
      }
      if (byte === QUOTE) this.#isString = true;
      else if (OPENING.has(byte)) {
        this.#depth += 1;
        if (this.#depth !== 2 || this.#isInItems) continue;
        cut(this.#frame, at + 1);
        this.#isInItems = /"items"\s*:\s*\[$/.test(tailOf(this.#frame));
      } else if (CLOSING.has(byte)) {
        const endsItem = this.#isInItem && this.#depth === 3;
        const endsScalar = this.#isInItem && this.#depth === 2;
        this.#depth -= 1;
        if (endsItem || endsScalar) {
          cut(this.#item, endsItem ? at + 1 : at);
          yield this.#takeItem();
        }
        if (this.#isInItems && this.#depth === 1) this.#isInItems = false;
      } else if (byte === COMMA && this.#isInItem && this.#depth === 2) {
        cut(this.#item, at);
        start = at + 1;
        yield this.#takeItem();
      }
    }
    cut(this.#isInItem ? this.#item : this.#frame, chunk.length);
    for (const parts of [this.#item, this.#frame]) {
      if (sizeOf(parts) > PART_LIMIT_BYTES) throw new RangeError(`an object of more than ${PART_LIMIT_BYTES} bytes`);
    }
  }

  #takeItem(): string {
    const item = Buffer.concat(this.#item).toString("utf8");
    this.#item = [];
    this.#isInItem = false;
    return item;
  }
}

/** Enough of the end of the frame to hold the name of a field. */
function tailOf(frame: Buffer[]): string {
  return Buffer.concat(frame.slice(-64)).subarray(-64).toString("utf8");
}

function sizeOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}
