/** What the server does with bytes that no well-behaved client sends. */
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { isProblemError } from "#lib/server/problemError.ts";
import { readJsonBody } from "#lib/server/readBody.ts";
import { guarded } from "./guarded.ts";
import { createHttpServer, type ServerTimes } from "./httpServer.ts";

const HOST = "host: localhost\r\n";

test.each([
  ["an address instead of a path", "GET http://evil.example/ HTTP/1.1"],
  ["everything", "OPTIONS * HTTP/1.1"],
  ["empty segments", "GET //evil.example/x HTTP/1.1"],
  ["dots", "GET /a/../api/v1/reading HTTP/1.1"],
  ["dots at the end", "GET /api/.. HTTP/1.1"],
  ["encoded dots", "GET /%2e%2e/etc/passwd HTTP/1.1"],
  ["dots that are encoded twice", "GET /%252e%252e/etc/passwd HTTP/1.1"],
  ["an encoded slash", "GET /api%2fv1/reading HTTP/1.1"],
  ["a backslash", "GET /\\evil.example HTTP/1.1"],
  ["an encoded backslash", "GET /%5cevil.example HTTP/1.1"],
  ["an encoded null", "GET /api/%00 HTTP/1.1"],
  ["an encoded line break", "GET /%0d%0aset-cookie:x HTTP/1.1"],
  ["text that is not UTF-8", "GET /%ff HTTP/1.1"],
])("a path of %s is refused", async (_, line) => {
  expect(await exchange(`${line}\r\n${HOST}\r\n`)).toMatchObject({ status: 400, problem: { status: 400 } });
});

test.each([
  ["no HTTP", "\u0016\u0003\u0001 hello", 400],
  ["two lengths", `POST /api/x HTTP/1.1\r\n${HOST}content-length: 5\r\ncontent-length: 6\r\n\r\n`, 400],
  [
    "a length and chunks",
    `POST /api/x HTTP/1.1\r\n${HOST}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`,
    400,
  ],
  ["no host", "GET / HTTP/1.1\r\n\r\n", 400],
  ["two hosts", `GET / HTTP/1.1\r\n${HOST}host: evil.example\r\n\r\n`, 400],
  ["headers without end", `GET / HTTP/1.1\r\n${HOST}x: ${"a".repeat(40_000)}`, 431],
  ["TRACE", `TRACE / HTTP/1.1\r\n${HOST}\r\n`, 405],
  ["a page that is written to", `POST / HTTP/1.1\r\n${HOST}content-length: 0\r\n\r\n`, 405],
])("%s is answered with a problem document, and the connection ends", async (_, bytes, status) => {
  const { headers, problem, ...answer } = await exchange(bytes);
  expect(answer.status).toBe(status);
  expect(headers["connection"]).toBe("close");
  // Node answers a missing host by itself.
  if (headers["x-request-id"] === undefined) return;
  expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "cache-control": "no-store" });
  expect(problem).toMatchObject({ status, instance: `urn:uuid:${headers["x-request-id"]}` });
});

test("10 MB that are announced are refused at once, whole answer first", async () => {
  const { socket, seen } = await open();
  socket.write(`POST /api/x HTTP/1.1\r\n${HOST}content-length: 10000000\r\n\r\n`);
  const chunk = Buffer.alloc(100_000, 0x20);
  for (let sent = 0; sent < 10_000_000 && !socket.destroyed; sent += chunk.length) socket.write(chunk);
  expect(parse(await seen())).toMatchObject({ status: 413, problem: { status: 413 } });
});

test("a client that asks before it sends is told not to", async () => {
  const asking = (length: number) =>
    `POST /api/x HTTP/1.1\r\n${HOST}expect: 100-continue\r\ncontent-length: ${length}\r\n\r\n`;
  expect(await exchange(asking(10_000_000))).toMatchObject({ status: 413 });
  const { socket } = await open();
  socket.write(asking(5));
  const [first] = (await once(socket, "data")) as [Buffer];
  expect(first.toString()).toMatch(/^HTTP\/1.1 100 Continue/);
});

test("10 MB in chunks are read up to the route's limit", async () => {
  const { socket, seen } = await open();
  socket.write(
    `POST /api/json HTTP/1.1\r\n${HOST}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`,
  );
  const chunk = `10000\r\n${" ".repeat(0x10000)}\r\n`;
  for (let sent = 0; sent < 10_000_000 && !socket.destroyed; sent += 0x10000) socket.write(chunk);
  expect(parse(await seen())).toMatchObject({ status: 413 });
});

test("a body without end that nobody reads is not taken for ever: the answer comes, then the connection ends", async () => {
  const { socket, seen } = await open();
  socket.write(`POST /api/unread HTTP/1.1\r\n${HOST}transfer-encoding: chunked\r\n\r\n`);
  const chunk = `1000\r\n${" ".repeat(0x1000)}\r\n`;
  const send = () => {
    if (!socket.destroyed) socket.write(chunk, () => setImmediate(send));
  };
  send();
  expect(parse(await seen())).toMatchObject({ status: 200 });
  // Sooner than the bound of a request's arrival would end it.
}, 20_000);

test("more requests in a row than anybody sends without waiting for an answer end the connection", async () => {
  const row = (length: number) => `GET /api/held HTTP/1.1\r\n${HOST}\r\n`.repeat(length);
  const { socket, seen } = await open();
  socket.write(row(200));
  expect(await seen()).toBe("");
  const few = await open();
  few.socket.write(
    `${"GET /few HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(15)}GET /few HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`,
  );
  expect((await few.seen()).match(/HTTP\/1\.1 200/g)).toHaveLength(16);
});

test("a GET with a body is answered, and what follows the body is no request", async () => {
  const smuggled = "GET /second HTTP/1.1\r\nhost: localhost\r\n\r\n";
  const { socket, seen } = await open();
  socket.write(`GET /first HTTP/1.1\r\n${HOST}content-length: ${smuggled.length}\r\n\r\n${smuggled}`);
  const text = await seen();
  expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(text).toContain("first");
});

test("headers of Next's parts and of proxies do not reach what answers", async () => {
  const names = [
    "x-middleware-subrequest",
    "x-nextjs-data",
    "x-invoke-path",
    "x-matched-path",
    "x-nonce",
    "next-action",
  ];
  const proxied = [
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-user",
    "x-real-ip",
    "x-original-url",
    "forwarded",
  ];
  const sent = [...names, ...proxied, "next-router-prefetch", "x-own"].map((name) => `${name}: 1\r\n`).join("");
  const { body } = await exchange(`GET /headers HTTP/1.1\r\n${HOST}${sent}connection: close\r\n\r\n`);
  expect(body).toContain("x-own");
  expect(body).toContain("next-router-prefetch");
  for (const name of [...names, ...proxied]) expect(body).not.toContain(name);
});

test("an error that a route does not explain becomes a problem document without its text", async () => {
  const { headers, problem, body } = await exchange(`GET /api/fails HTTP/1.1\r\n${HOST}connection: close\r\n\r\n`);
  expect(headers["content-type"]).toBe("application/problem+json");
  expect(problem).toMatchObject({ title: "Internal Server Error", status: 500 });
  expect(body).not.toContain("secret");
});

test.each([
  ["headers", "GET / HTTP/1.1\r\nhost: loc"],
  ["a body", `POST /api/waits HTTP/1.1\r\n${HOST}transfer-encoding: chunked\r\n\r\n1\r\n`],
])("%s that do not arrive in time end the connection, with 408", async (_, begun) => {
  expect(
    await exchange(begun, { headersTimeout: 50, requestTimeout: 60, connectionsCheckingInterval: 10 }),
  ).toMatchObject({
    status: 408,
    problem: { status: 408 },
  });
});

test("a request with two hosts is refused, whichever comes first", async () => {
  const { status, problem } = await exchange(`GET / HTTP/1.1\r\n${HOST}host: evil.example\r\n\r\n`);
  expect([status, problem]).toMatchObject([400, { detail: "Host was sent more than once." }]);
});

test("the id of a request is ours, not the client's", async () => {
  const { headers } = await exchange(`GET / HTTP/1.1\r\n${HOST}x-request-id: forged\r\nconnection: close\r\n\r\n`);
  expect(headers["x-request-id"]).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
});

/** A server that answers what the tests need, behind everything that stands before an answer. */
async function open(times: ServerTimes = {}): Promise<{ socket: Socket; seen: () => Promise<string> }> {
  const settings = { hostname: "127.0.0.1", allowedHosts: undefined };
  const server = createHttpServer({
    upgrades: false,
    certificate: undefined,
    times,
    listener: guarded((request, response) => {
      if (request.url === "/api/fails") {
        response.writeHead(500, { "content-type": "text/html" });
        response.write("<pre>secret");
        response.end(" at stack</pre>");
      } else if (request.url === "/api/json") {
        const headers = new Headers({ "content-type": String(request.headers["content-type"]) });
        const body = new ReadableStream<Uint8Array>({
          async start(controller) {
            for await (const chunk of request) controller.enqueue(new Uint8Array(chunk as Buffer));
            controller.close();
          },
        });
        const sent = new Request("http://localhost/", { method: "POST", headers, body, duplex: "half" } as RequestInit);
        readJsonBody(sent, z.unknown()).then(
          () => response.end(),
          (error: unknown) => {
            response.writeHead(isProblemError(error) ? error.status : 500, { connection: "close" });
            response.end();
          },
        );
      } else if (request.url === "/api/waits") request.resume();
      else if (request.url === "/api/held") return;
      else response.end(`${request.url} ${JSON.stringify(request.headers)}`);
    }, settings),
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  // Writing to a connection that the server has closed is expected here.
  socket.on("error", () => {});
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  const closed = new Promise<void>((resolve) => {
    socket.once("close", () => resolve());
  });
  await once(socket, "connect");
  return {
    socket,
    seen: async () => {
      await closed;
      return text;
    },
  };
}

async function exchange(bytes: string, times: ServerTimes = {}) {
  const { socket, seen } = await open(times);
  socket.write(bytes);
  return parse(await seen());
}

function parse(text: string) {
  const [head = "", ...rest] = text.split("\r\n\r\n");
  const [line = "", ...fields] = head.split("\r\n");
  const headers: Record<string, string> = {};
  for (const field of fields) {
    const at = field.indexOf(": ");
    headers[field.slice(0, at).toLowerCase()] = field.slice(at + 2);
  }
  const body = rest.join("\r\n\r\n");
  const problem: unknown = headers["content-type"] === "application/problem+json" ? JSON.parse(body) : undefined;
  return { status: Number(line.split(" ")[1]), headers, body, problem };
}
