import { describe, expect, test } from "vitest";
import { readSecretFields, type SecretFields } from "./secretFields.ts";

const WANTED = new Set(["tls.crt"]);

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function read(text: string, size = text.length): Promise<SecretFields> {
  return readSecretFields(inChunks(Buffer.from(text), size), WANTED);
}

const SECRET = {
  kind: "Secret",
  metadata: {
    name: 'with " and { and \\',
    annotations: { "last-applied": '{"data":{"tls.crt":"d3Jvbmc=","tls.key":"a2V5"}}' },
    managedFields: [{ fieldsV1: { "f:data": { "f:tls.crt": {} } } }, null, 1.5e3, true, []],
  },
  data: { "tls.key": "a2V5", "tls.crt": "Y2VydA==", other: "" },
  "tls.crt": "bm90IHRoaXM=",
  type: "kubernetes.io/tls",
};

describe("the fields of a Secret", () => {
  test.each([1, 5, 10_000])("are those of its data, in chunks of %i bytes", async (size) => {
    for (const text of [JSON.stringify(SECRET), JSON.stringify(SECRET, undefined, 2)]) {
      const { data, keys } = await read(text, size);
      expect([...data]).toEqual([["tls.crt", "Y2VydA=="]]);
      expect([...keys]).toEqual(["tls.key", "tls.crt", "other"]);
    }
  });

  test("are none where there is no data", async () => {
    for (const text of ["{}", '{"data":null}', '{"data":[1]}', '{"data":{}}']) {
      const { data, keys } = await read(text);
      expect([data.size, keys.size]).toEqual([0, 0]);
    }
    expect((await read('{"data":{"tls.crt":7}}')).data.size).toBe(0);
  });

  test("are taken, and every byte is overwritten, also where it is no JSON after all", async () => {
    for (const text of [JSON.stringify(SECRET), JSON.stringify(SECRET).slice(0, -20)]) {
      const bytes = Buffer.from(text);
      await readSecretFields(inChunks(bytes, 64), WANTED).catch(() => undefined);
      expect(bytes.every((byte) => byte === 0)).toBe(true);
    }
  });

  test.each([
    ["nothing", ""],
    ["a page", "<html>tls.key</html>"],
    ["a list", "[]"],
    ["cut off in a value", '{"data":{"tls.key":"a2V5'],
    ["cut off after one", '{"data":{"tls.key":"a2V5"'],
    ["without a colon", '{"data" {}}'],
    ["without a comma", '{"a":1 "b":2}'],
    ["nested without end", `{"a":${"[".repeat(100_000)}`],
  ])("%s is refused without quoting it", async (_what, text) => {
    const failure = await read(text).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SyntaxError);
    expect(String(failure)).not.toMatch(/a2V5|html/);
  });

  test("an answer larger than any Secret is not read to its end", async () => {
    await expect(read(`{"data":{"tls.key":"${"x".repeat(6_000_000)}"}}`, 65_536)).rejects.toThrow(RangeError);
  });
});
