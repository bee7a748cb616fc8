/** A server over real HTTP that answers as Prometheus does on a good day and on every kind of bad one. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** One request as the fake saw it. `parameters` come from the URL or the form. */
export type SeenRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly parameters: URLSearchParams;
};

export type FakeAnswer =
  | {
      readonly kind: "body";
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body: string | Buffer;
    }
  /** Accepts the request and never answers. */
  | { readonly kind: "stall" }
  /** Breaks the connection before answering. */
  | { readonly kind: "drop" }
  /** Announces a body, sends the start of it and breaks the connection. */
  | { readonly kind: "cut"; readonly body: string };

export type FakePrometheus = {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Requests being answered now, and the most there ever were at once. */
  readonly inFlight: () => number;
  readonly mostInFlight: () => number;
  /** Resolves when the condition holds; it is checked whenever a request comes or goes. */
  readonly until: (condition: () => boolean) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** `{"status":"success"}` with this data; `extra` for warnings and infos. */
export function success(data: unknown, extra: Readonly<Record<string, unknown>> = {}): FakeAnswer {
  return json(200, { status: "success", data, ...extra });
}

/** An error as Prometheus words it. */
export function failure(status: number, errorType: string, error: string): FakeAnswer {
  return json(status, { status: "error", errorType, error });
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): FakeAnswer {
  const body = JSON.stringify(value);
  return { kind: "body", status, headers: { "content-type": "application/json", ...headers }, body };
}

export function html(status: number, body: string): FakeAnswer {
  return { kind: "body", status, headers: { "content-type": "text/html; charset=utf-8" }, body };
}

/** An instant vector of one sample a row. */
export function vector(...rows: readonly { metric: Readonly<Record<string, string>>; value: string }[]): FakeAnswer {
  const result = rows.map(({ metric, value }) => ({ metric, value: [1_700_000_000, value] }));
  return success({ resultType: "vector", result });
}

/** Answers of a server that scrapes a mesh at rest: the pages of its status, empty results. */
export function emptyServer(request: SeenRequest): FakeAnswer {
  switch (request.path) {
    case "/api/v1/status/buildinfo":
      return success({ version: "2.42.0" });
    case "/api/v1/status/config":
      return success({ yaml: "global:\n  scrape_interval: 15s\n" });
    case "/api/v1/status/runtimeinfo":
      return success({ storageRetention: "15d" });
    case "/api/v1/status/flags":
      return success({ "storage.tsdb.retention.time": "15d" });
    case "/api/v1/query":
      return vector();
    case "/api/v1/query_range":
      return success({ resultType: "matrix", result: [] });
    default:
      return request.path.startsWith("/api/v1/label/")
        ? success(["envoy-stats"])
        : html(404, "<html><title>Not found</title></html>");
  }
}

/** Starts on a free loopback port; `answer` decides for each request, and may wait. */
export async function startFakePrometheus(
  answer: (request: SeenRequest) => FakeAnswer | Promise<FakeAnswer>,
): Promise<FakePrometheus> {
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const waiting = new Set<() => void>();
  let inFlight = 0;
  let most = 0;
  const changed = () => {
    for (const check of waiting) check();
  };

  const server = createServer((incoming, response) => {
    void serve(incoming, response);
  });
  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    inFlight += 1;
    most = Math.max(most, inFlight);
    response.once("close", () => {
      inFlight -= 1;
      changed();
    });
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    } catch {
      return; // the client went away while sending
    }
    const request = seen(incoming, Buffer.concat(chunks).toString("utf8"));
    requests.push(request);
    changed();
    // Tests have clocks of their own: a fake has one only where its answer says so.
    response.sendDate = false;
    give(await answer(request), response);
  }
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    inFlight: () => inFlight,
    mostInFlight: () => most,
    until: (condition) =>
      new Promise((resolve) => {
        const check = () => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function seen(incoming: IncomingMessage, body: string): SeenRequest {
  const url = new URL(incoming.url ?? "/", "http://fake");
  const parameters = new URLSearchParams([...url.searchParams, ...new URLSearchParams(body)]);
  return { method: incoming.method ?? "", path: url.pathname, headers: incoming.headers, parameters };
}

function give(answer: FakeAnswer, response: ServerResponse): void {
  switch (answer.kind) {
    case "body":
      response.writeHead(answer.status ?? 200, answer.headers);
      response.end(answer.body);
      return;
    case "drop":
      response.socket?.destroy();
      return;
    case "cut":
      response.writeHead(200, { "content-type": "application/json", "content-length": answer.body.length * 2 });
      response.write(answer.body, () => response.socket?.destroy());
      return;
    case "stall":
      return;
  }
}
