/**
 * HTTP to one API server over kept-alive connections (client-node opens a TLS connection for every request).
 * The connection is looked up at the first request and again after the credentials were refused, so that neither a
 * missing kubeconfig nor an expired login ends the process.
 */
import { pipeline, type Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { Agent, type Dispatcher, ProxyAgent } from "undici";
import { type Credentials, SourceError } from "#lib/ports.ts";
import { bearerHeaders, impersonationHeaders } from "./credentialHeaders.ts";
import type { KubeConnection } from "./kubeConnection.ts";
import { errorOfConnection, errorOfStatus, readKubeStatus } from "./kubeError.ts";
import { type KubeSocket, watchedSocket } from "./kubeSocket.ts";

export type KubeRequest = {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Starts with "/"; segments already escaped. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** On whose behalf; the process's own when absent. */
  readonly as?: Credentials;
  readonly signal: AbortSignal;
  /** Silence after which the request is given up, while waiting for the answer and within it. */
  readonly timeoutMs?: number;
};

export type KubeResponse = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body as it arrives, decompressed; rejects with SourceError when it breaks off. */
  readonly chunks: AsyncIterable<Buffer>;
  text(): Promise<string>;
  /** Lets go of a body that nobody will read. */
  discard(): void;
};

export type KubeClient = {
  /** Where requests go, for messages; "kubernetes" until the connection is known. */
  readonly target: string;
  readonly foundBy: string;
  /** How often another server was turned to, which knows nothing of what was listed before. */
  readonly moves: number;
  /** Any answer, errors included. Rejects with SourceError "unreachable", "timeout" or (login failed) "denied". */
  request(request: KubeRequest): Promise<KubeResponse>;
  /** The JSON of a 2xx answer. Rejects with SourceError; `statusCodeOf` tells the HTTP status. */
  getJson(request: KubeRequest): Promise<unknown>;
  /** Begins a WebSocket; the signal cuts it at any time. Rejects with SourceError when there is no connection to use. */
  openSocket(
    request: Required<Pick<KubeRequest, "path" | "query" | "signal">> & { readonly protocol: string },
  ): Promise<KubeSocket>;
  close(): Promise<void>;
};

/** A page of 500 large objects is some 10 MB; this is what a runaway answer may take. */
const BODY_LIMIT_BYTES = 256 * 1024 * 1024;
/** API servers send frames of some 32 KB. */
const FRAME_LIMIT_BYTES = 1024 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;
const DEFAULT_TIMEOUT_MS = 30_000;
const REOPEN_AFTER_MS = 10_000;

type Headers = Readonly<Record<string, string | string[]>>;
type Link = {
  readonly connection: KubeConnection;
  /** Connections that present the process's client certificate, if it has one. */
  readonly own: Dispatcher;
  /** Connections that present none: an API server takes a certificate before it looks at a token. */
  readonly bare: Dispatcher;
};

/** How one request proves who sends it. */
type Proof = { readonly dispatcher: Dispatcher; readonly headers: Headers };

/** Makes a client; `connect` is called when it is needed, and again (not more often than every ten seconds) after a 401. */
export function createKubeClient(connect: () => Promise<KubeConnection>): KubeClient {
  let link: Promise<Link> | undefined;
  let known: KubeConnection | undefined;
  let linkedAt = 0;
  let moves = 0;

  function open(): Promise<Link> {
    if (link !== undefined) return link;
    linkedAt = performance.now();
    const opening = connect().then((connection) => {
      known = connection;
      const { cert: _cert, key: _key, ...bareTls } = connection.tls;
      const own = createDispatcher(connection);
      // Without a certificate they are alike, but still apart: sockets are not shared between viewers and ourselves.
      return { connection, own, bare: createDispatcher({ ...connection, tls: bareTls }) };
    });
    opening.catch(() => {
      if (link === opening) link = undefined;
    });
    return (link = opening);
  }

  /** Reads the credentials anew. Requests under way on the old sockets end in peace. */
  function reopen(refused: Link): Promise<Link> {
    if (performance.now() - linkedAt < REOPEN_AFTER_MS) return open();
    leave(refused);
    return open();
  }

  function leave(old: Link): void {
    link = undefined;
    void old.own.close();
    void old.bare.close();
  }

  /** A cluster that was made anew has another address or authority, which the kubeconfig tells. */
  async function leaveOutdated(failed: Link): Promise<void> {
    if ((await failed.connection.isOutdated?.()) !== true) return;
    if ((await link?.catch(() => undefined)) !== failed) return;
    moves += 1;
    leave(failed);
  }

  async function send({ connection }: Link, { dispatcher, headers }: Proof, request: KubeRequest) {
    const timeoutMs = request.timeoutMs ?? DEFAULT_TIMEOUT_MS;
    const { origin, pathname } = new URL(connection.server);
    const query = new URLSearchParams(request.query).toString();
    try {
      const response = await dispatcher.request({
        origin,
        path: `${pathname.replace(/\/$/, "")}${request.path}${query === "" ? "" : `?${query}`}`,
        method: request.method ?? "GET",
        headers: {
          accept: "application/json",
          "accept-encoding": "gzip",
          "user-agent": "meshscope",
          ...request.headers,
          ...headers,
        },
        body: request.body ?? null,
        signal: request.signal,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      return readResponse(response, connection.server, request.signal);
    } catch (cause) {
      throw request.signal.aborted ? request.signal.reason : errorOfConnection(cause, connection.server);
    }
  }

  async function request(wanted: KubeRequest): Promise<KubeResponse> {
    const first = await open();
    const proof = await proofOf(first, wanted.as);
    const response = await send(first, proof, wanted).catch(async (error: unknown) => {
      if (!wanted.signal.aborted) await leaveOutdated(first);
      throw error;
    });
    // Somebody else's token that is refused is refused: there is nothing that we could renew.
    if (response.status !== 401 || wanted.as?.kind === "bearer") return response;
    // Refused: perhaps the token was replaced a moment ago. Asking again with the same one would be pointless.
    const second = link === undefined || (await link) !== first ? await open() : await reopen(first);
    const renewed = await proofOf(second, wanted.as);
    if (JSON.stringify(renewed.headers) === JSON.stringify(proof.headers)) return response;
    response.discard();
    return send(second, renewed, wanted);
  }

  return {
    get target() {
      return known?.server ?? "kubernetes";
    },
    get foundBy() {
      return known?.foundBy ?? "";
    },
    get moves() {
      return moves;
    },
    request,
    async getJson(wanted) {
      const response = await request(wanted);
      const body = await response.text();
      if (response.status < 200 || response.status > 299)
        throw errorOfStatus(readKubeStatus(response.status, body), `${wanted.method ?? "GET"} ${wanted.path}`);
      try {
        return JSON.parse(body) as unknown;
      } catch (cause) {
        throw new SourceError({
          source: "kubernetes",
          kind: "malformed",
          message: `${wanted.path}: the answer is not JSON: ${body.slice(0, 80)}`,
          hint: "Does the address lead to a Kubernetes API server, or to a login page before it?",
          cause,
        });
      }
    },
    async openSocket({ path, query, protocol, signal }) {
      const { connection, own } = await open();
      const headers = await connection.headers();
      const url = `${connection.server}${path}?${new URLSearchParams(query).toString()}`;
      return watchedSocket(own, url, { headers, protocols: [protocol] }, signal);
    },
    async close() {
      const open = await link?.catch(() => undefined);
      link = undefined;
      await Promise.all([open?.own.destroy(), open?.bare.destroy()]);
    },
  };
}

/** Escapes one segment of a path. "." and ".." survive every escaping and would climb, so they are refused. */
export function pathSegment(name: string): string {
  if (name !== "" && name !== "." && name !== "..") return encodeURIComponent(name);
  throw new SourceError({
    source: "kubernetes",
    kind: "rejected",
    message: `${JSON.stringify(name)} is no name of a Kubernetes object`,
    hint: "Check the settings that name namespaces and services.",
  });
}

function tokenKept({ foundBy }: KubeConnection): SourceError {
  return new SourceError({
    source: "kubernetes",
    kind: "denied",
    message: `No viewer's token is sent to the cluster of ${foundBy}`,
    hint: "Where you trust whoever may write remote secrets, set MESHSCOPE_REMOTE_TOKENS=enabled.",
  });
}

/** Rejects with SourceError "denied" when the credentials cannot be sent as they are. */
async function proofOf({ connection, own, bare }: Link, as: Credentials | undefined): Promise<Proof> {
  if (as?.kind === "bearer" && connection.takesTokens === false) throw tokenKept(connection);
  if (as?.kind === "bearer") return { dispatcher: bare, headers: bearerHeaders(as.token) };
  const headers = await connection.headers();
  if (as?.kind !== "impersonation") return { dispatcher: own, headers };
  return { dispatcher: own, headers: impersonationHeaders(headers, as) };
}

function createDispatcher({ tls, proxyUrl }: KubeConnection): Dispatcher {
  const connect = { ...tls, timeout: CONNECT_TIMEOUT_MS, keepAlive: true, keepAliveInitialDelay: 30_000 };
  const webSocket = { maxPayloadSize: FRAME_LIMIT_BYTES };
  // Over HTTP/2 all watches would share one connection, of which API servers allow a hundred streams: a list of
  // namespaces needs more, and one broken connection would end every watch.
  return proxyUrl === undefined
    ? new Agent({ connect, allowH2: false, webSocket })
    : new ProxyAgent({ uri: proxyUrl, requestTls: connect, allowH2: false, webSocket });
}

function readResponse(response: Dispatcher.ResponseData, server: string, signal: AbortSignal): KubeResponse {
  const body = decompressed(response);
  async function* chunks(): AsyncGenerator<Buffer> {
    try {
      yield* body as AsyncIterable<Buffer>;
    } catch (cause) {
      throw signal.aborted ? signal.reason : errorOfConnection(cause, server);
    }
  }
  return {
    status: response.statusCode,
    headers: Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(", ") : (value ?? ""),
      ]),
    ),
    chunks: { [Symbol.asyncIterator]: chunks },
    async text() {
      const parts: Buffer[] = [];
      let bytes = 0;
      for await (const chunk of chunks()) {
        bytes += chunk.length;
        if (bytes > BODY_LIMIT_BYTES) {
          throw new SourceError({
            source: "kubernetes",
            kind: "malformed",
            message: `${server}: an answer of more than ${BODY_LIMIT_BYTES / 1024 / 1024} MB`,
            hint: "Does the address lead to a Kubernetes API server?",
          });
        }
        parts.push(chunk);
      }
      return Buffer.concat(parts).toString("utf8");
    },
    discard() {
      body.on("error", () => undefined).destroy();
    },
  };
}

/** The body as sent when it is not compressed. A break in either stream is a break of the result. */
function decompressed({ headers, body }: Dispatcher.ResponseData): Readable {
  if (headers["content-encoding"] !== "gzip") return body;
  return pipeline(body, createGunzip(), () => undefined);
}
