import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { respondJson } from "./respondJson.ts";
import { keepRuntime, type Runtime } from "./running.ts";

// Only what answers read.
beforeAll(() => keepRuntime({ clock: { nowSeconds: () => 1234 } } as Runtime));
afterAll(() => keepRuntime(undefined));

function ask(etag?: string | null): Request {
  return new Request("http://localhost/", etag ? { headers: { "if-none-match": etag } } : {});
}

describe("an answer", () => {
  it("is sent once to a client that keeps it, with the server's clock both times", async () => {
    const first = respondJson(ask(), () => ({ rate: 1 }));
    expect(await first.json()).toEqual({ rate: 1 });
    const again = respondJson(ask(first.headers.get("etag")), () => ({ rate: 1 }));
    expect([again.status, await again.text(), again.headers.get("meshscope-now")]).toEqual([304, "", "1234"]);
  });

  it("is sent again when it says something else", () => {
    const first = respondJson(ask(), () => ({ rate: 1 }));
    expect(respondJson(ask(first.headers.get("etag")), () => ({ rate: 2 })).status).toBe(200);
  });

  it("with a key is made once, and anew for another key", async () => {
    let made = 0;
    const make = () => ({ made: (made += 1) });
    const texts = ["monday", "monday", "tuesday"].map((key) => respondJson(ask(), make, { key }).text());
    expect(await Promise.all(texts)).toEqual(['{"made":1}', '{"made":1}', '{"made":2}']);
  });

  it("is known to a client among several it has kept, also behind a proxy that lists them", () => {
    const etag = respondJson(ask(), () => "text").headers.get("etag");
    expect(respondJson(ask(`W/"other", ${etag}`), () => "text").status).toBe(304);
  });
});
