import { describe, expect, test } from "vitest";
import { readList } from "./readList.ts";

/** Reads a text that arrives in chunks of `size` bytes. */
async function read(text: string, size = text.length): Promise<{ items: unknown[]; frame: unknown }> {
  const bytes = Buffer.from(text);
  async function* chunks(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const items: unknown[] = [];
  const frame = await readList(chunks(), (item) => items.push(item));
  return { items, frame };
}

const LIST = {
  kind: "PodList",
  metadata: { resourceVersion: "12", remainingItemCount: 3, list: [{ items: [1] }] },
  items: [
    { metadata: { name: 'with " and \\ and ]}', note: "größe 🙂" }, items: [1, [2], { items: [] }] },
    {},
    "a string, with a comma]",
    12,
    null,
    [1, 2],
  ],
  last: ["items", { items: [7] }],
};

describe("a list", () => {
  test.each([1, 2, 3, 7, 64, 10_000])("is the same in chunks of %i bytes", async (size) => {
    for (const text of [JSON.stringify(LIST), JSON.stringify(LIST, undefined, 2)]) {
      const { items, frame } = await read(text, size);
      expect(items).toEqual(LIST.items);
      expect(frame).toEqual({ ...LIST, items: [] });
    }
  });

  test("may be empty, hold nothing, or be none", async () => {
    expect(await read('{"items":[],"kind":"List"}')).toEqual({ items: [], frame: { items: [], kind: "List" } });
    expect(await read('{"items":null}')).toEqual({ items: [], frame: { items: null } });
    expect(await read('{"other":[1]}')).toEqual({ items: [], frame: { other: [1] } });
    expect(await read('[{"items":[1]}]')).toEqual({ items: [], frame: {} });
  });

  test.each([
    ["cut off within an item", '{"items":[{"a":1},{"b":'],
    ["cut off between items", '{"items":[{"a":1},'],
    ["a page", "<html>[1]</html>"],
    ["an item that is not JSON", '{"items":[{a:1}]}'],
    ["brackets that do not match", '{"items":[{"a":1]]}'],
    ["nothing", ""],
  ])("%s is refused", async (_what, text) => {
    await expect(read(text)).rejects.toThrow(SyntaxError);
  });

  test("of large objects lets other work go on between them", async () => {
    const object = JSON.stringify(Array.from({ length: 20_000 }, (_, number) => ({ name: `patch ${number}`, number })));
    const bytes = Buffer.from(`{"items":[${Array.from({ length: 40 }, () => object).join(",")}]}`);
    let turns = 0;
    let isRead = false;
    const other = (): void => {
      turns += 1;
      if (!isRead) setImmediate(other);
    };
    setImmediate(other);
    async function* whole(): AsyncGenerator<Buffer> {
      yield bytes;
    }
    await readList(whole(), () => undefined);
    isRead = true;
    // 40 MB in one chunk: some 300 ms of work in steps of 10.
    expect(turns).toBeGreaterThan(5);
  });

  test("an object beyond all measure is refused before it is held", async () => {
    await expect(read(`{"items":[{"a":"${"x".repeat(40 * 1024 * 1024)}"}]}`, 1024 * 1024)).rejects.toThrow(RangeError);
  });
});
