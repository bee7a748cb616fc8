import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { underBasePath } from "./underBasePath.ts";

type Answer = { readonly status: number | undefined; readonly location: string | undefined; readonly seen: string };

/** What a path as it is on the wire comes to: the listener answers with the URL that it was given. */
async function ask(basePath: string, path: string): Promise<Answer> {
  const listener = underBasePath((message, response) => response.end(message.url), basePath);
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    const outgoing = request({ host: "127.0.0.1", port, path });
    outgoing.end();
    const [response] = (await once(outgoing, "response")) as [IncomingMessage];
    const chunks = await response.toArray();
    const { location } = response.headers;
    return { status: response.statusCode, location, seen: chunks.join("") };
  } finally {
    server.close();
  }
}

describe("a base path", () => {
  it("lets through what lies below it, as it came", async () => {
    for (const path of ["/mesh", "/mesh?graph=app", "/mesh/", "/mesh/api/v1/reading?window=60", "/mesh/healthz"]) {
      expect(await ask("/mesh", path)).toEqual({ status: 200, location: undefined, seen: path });
    }
  });

  it("is where the root leads, with the query", async () => {
    expect(await ask("/mesh", "/")).toMatchObject({ status: 307, location: "/mesh" });
    expect(await ask("/mesh", "/?graph=app&find=a%3Fb?c")).toMatchObject({ location: "/mesh?graph=app&find=a%3Fb?c" });
  });

  it("is put before what probes and Prometheus ask for at the root", async () => {
    for (const path of ["/healthz", "/readyz?verbose", "/metrics"]) {
      expect(await ask("/mesh", path)).toMatchObject({ status: 200, seen: `/mesh${path}` });
    }
  });

  it("hides every other path", async () => {
    const outside = [
      "/api/v1/reading",
      "/meshed",
      "/MESH",
      "/%6desh",
      "//mesh",
      "/x/../mesh",
      "/healthz/",
      "//evil.example",
    ];
    for (const path of [...outside, "*", "http://evil.example/mesh"]) {
      expect(await ask("/mesh", path), path).toMatchObject({ status: 404, location: undefined });
    }
  });

  it("that is empty changes nothing", async () => {
    expect(await ask("", "/anything?at=all")).toMatchObject({ status: 200, seen: "/anything?at=all" });
  });
});
