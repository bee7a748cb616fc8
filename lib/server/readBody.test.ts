import { expect, test } from "vitest";
import { z } from "zod";
import { isProblemError } from "./problemError.ts";
import { readJsonBody } from "./readBody.ts";

const schema = z.object({ name: z.string() });

function post(body: BodyInit, headers: Readonly<Record<string, string>> = { "content-type": "application/json" }) {
  return new Request("http://localhost/", { method: "POST", body, headers, duplex: "half" } as RequestInit);
}

async function statusOf(reading: Promise<unknown>): Promise<number | undefined> {
  const error: unknown = await reading.catch((thrown: unknown) => thrown);
  return isProblemError(error) ? error.status : undefined;
}

test("a JSON body of the right shape is read", async () => {
  const type = { "content-type": "Application/JSON; charset=utf-8" };
  expect(await readJsonBody(post('{"name":"réviews"}', type), schema)).toEqual({ name: "réviews" });
});

test("characters that arrive in two pieces are whole", async () => {
  const bytes = new TextEncoder().encode('{"name":"é"}');
  expect(await readJsonBody(post(streamOf([bytes.slice(0, 10), bytes.slice(10)])), schema)).toEqual({ name: "é" });
});

test.each(["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])(
  "%s, which a form of another site can send, is refused",
  async (type) => {
    expect(await statusOf(readJsonBody(post('{"name":"x"}', { "content-type": type }), schema))).toBe(415);
  },
);

test("a body without end is read up to the limit, and no further", async () => {
  let sent = 0;
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 1000;
      controller.enqueue(new Uint8Array(1000).fill(0x20));
    },
    cancel() {
      cancelled = true;
    },
  });
  expect(await statusOf(readJsonBody(post(endless), schema, { limitBytes: 10_000 }))).toBe(413);
  expect(sent).toBeLessThan(20_000);
  expect(cancelled).toBe(true);
});

test("a body that announces its length is refused before it is read", async () => {
  const headers = { "content-type": "application/json", "content-length": "10000000" };
  const request = new Request("http://localhost/", { method: "POST", body: "{}", headers });
  expect(await statusOf(readJsonBody(request, schema))).toBe(413);
  expect(request.bodyUsed).toBe(false);
});

test.each([
  ["broken JSON", '{"name":"hunter2"'],
  ["no body", ""],
  ["bytes that are no text", new Uint8Array([0x22, 0xff, 0x22])],
])("%s is answered with 400, without quoting it", async (_, body) => {
  const error: unknown = await readJsonBody(post(body), schema).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ name: "ProblemError", status: 400 });
  expect((error as Error).message).not.toContain("hunter2");
});

test("another shape fails with the path of what is wrong", async () => {
  await expect(readJsonBody(post('{"name":5}'), schema)).rejects.toMatchObject({
    name: "ZodError",
    issues: [{ path: ["name"] }],
  });
});

function streamOf(chunks: readonly Uint8Array[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
}
