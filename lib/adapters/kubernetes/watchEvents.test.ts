import { describe, expect, test } from "vitest";
import { readLines, readWatchLine } from "./watchEvents.ts";

const service = { apiVersion: "v1", kind: "Service" };

function line(type: string, object: unknown): string {
  return JSON.stringify({ type, object });
}

describe("readWatchLine", () => {
  const object = { ...service, metadata: { name: "a", namespace: "b", resourceVersion: "7" } };

  test.each([
    ["ADDED", "put"],
    ["MODIFIED", "put"],
    ["DELETED", "remove"],
  ])("%s is a %s at the object's resource version", (type, expected) => {
    expect(readWatchLine(line(type, object), service)).toMatchObject({
      type: expected,
      resourceVersion: "7",
      object: { kind: "Service", metadata: { name: "a", namespace: "b" } },
    });
  });

  test("a bookmark only says how far the watch is", () => {
    const bookmark = line("BOOKMARK", { kind: "Service", metadata: { resourceVersion: "9" } });
    expect(readWatchLine(bookmark, service)).toEqual({ type: "bookmark", resourceVersion: "9" });
  });

  test.each([{ code: 410, reason: "Expired" }, { code: 410, reason: "Gone" }, { reason: "Expired" }])(
    "error %j means that the place in the history is lost",
    (status) => {
      expect(readWatchLine(line("ERROR", status), service)).toEqual({ type: "expired" });
    },
  );

  test("another error carries the server's words", () => {
    const event = readWatchLine(line("ERROR", { code: 500, message: "etcdserver: timed out" }), service);
    expect(event).toMatchObject({ type: "failed", status: { code: 500, message: "etcdserver: timed out" } });
  });

  test("an object that cannot be read still moves the watch on", () => {
    const nameless = line("ADDED", { metadata: { resourceVersion: "8" } });
    expect(readWatchLine(nameless, service)).toEqual({
      type: "malformed",
      problem: "no metadata.name",
      resourceVersion: "8",
    });
  });

  test("an object is of the kind that is watched, whatever it claims", () => {
    const event = readWatchLine(line("ADDED", { ...object, apiVersion: "v1", kind: "Secret" }), service);
    expect(event).toMatchObject({ object: { kind: "Service" } });
  });

  test.each(["", "{", "null", "[]", '"x"', '{"type":"ADDED","object":[]}'])(
    "%j is malformed, not an exception",
    (text) => {
      expect(readWatchLine(text, service).type).toBe("malformed");
    },
  );
});

describe("readLines", () => {
  async function collect(lines: AsyncIterable<string>): Promise<string[]> {
    const all: string[] = [];
    for await (const line of lines) all.push(line);
    return all;
  }

  async function* chunked(...chunks: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
  }

  test("joins lines that arrive in pieces and splits those that arrive together", async () => {
    expect(await collect(readLines(chunked("on", "e\ntwo\nth", "ree")))).toEqual(["one", "two", "three"]);
  });

  test("keeps a character that is cut in two", async () => {
    const bytes = new TextEncoder().encode("größe\n");
    expect(await collect(readLines(chunked(bytes.slice(0, 3), bytes.slice(3))))).toEqual(["größe"]);
  });

  test("skips empty lines", async () => {
    expect(await collect(readLines(chunked("\n\r\n a\n\n")))).toEqual([" a"]);
  });

  test("gives up on a line without end", async () => {
    await expect(collect(readLines(chunked("aaaa", "bbbb", "cccc"), 10))).rejects.toThrow("more than 10");
  });
});
