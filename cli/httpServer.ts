/** The HTTP server with its bounds: how long requests may take to arrive, how many connections there may be. */
import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { isTooLong } from "./guarded.ts";
import { type Refusal, refuseSocket } from "./refuse.ts";

/** PEM texts. */
export type CertificatePair = { readonly cert: string; readonly key: string };

const BOUNDS = {
  /** Clients that drip their headers or bodies are cut off by then. */
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  /** How often that is looked at; Node's default of 30 s would let each of them live twice as long and more. */
  connectionsCheckingInterval: 2000,
  /** Longer than ingresses keep their connections to us idle: who closes first must be the one who sends next. */
  keepAliveTimeout: 75_000,
  /** Sessions live in cookies: with a long token of Kubernetes these have some 18 KB. */
  maxHeaderSize: 32 * 1024,
} as const;
const MOST_HEADERS = 100;
/** Requests of a connection that wait for their answers. No browser and no proxy sends the second before the first is answered. */
const MOST_IN_A_ROW = 16;
/** What a client still sends of a body after its answer is thrown away for so long. */
const UNREAD_BODY_MS = 1000;
const MOST_CONNECTIONS = 2048;
/** From here on idle connections are closed, to leave room for new ones. */
const MANY_CONNECTIONS = 1536;
/** A client that takes nothing of an answer that is ready. Event streams say something more often. */
const STALLED_MS = 60_000;
/** A handshake has no other bound. */
const HANDSHAKE_MS = 10_000;

export type ServerTimes = Partial<Record<"headersTimeout" | "requestTimeout" | "connectionsCheckingInterval", number>>;

export type ServerSetup = {
  readonly listener: RequestListener;
  /** Whether upgrades to other protocols are handed on: only the development server has any. */
  readonly upgrades: boolean;
  readonly certificate: CertificatePair | undefined;
  /** Other times than ours, for those who cannot wait as long. */
  readonly times?: ServerTimes;
};

/** A server that does not listen yet; over TLS 1.2 or newer when there is a certificate. Throws when that is damaged. */
export function createHttpServer({ listener, upgrades, certificate, times = {} }: ServerSetup): Server {
  const bounds: ServerOptions = { ...BOUNDS, ...times, ...(upgrades ? {} : { shouldUpgradeCallback: () => false }) };
  const server =
    certificate === undefined
      ? createServer(bounds)
      : createTlsServer({
          ...bounds,
          ...certificate,
          minVersion: "TLSv1.2",
          handshakeTimeout: HANDSHAKE_MS,
          ALPNProtocols: ["http/1.1"],
        });
  server.maxHeadersCount = MOST_HEADERS;
  server.maxConnections = MOST_CONNECTIONS;
  const open = new WeakMap<Duplex, Set<ServerResponse>>();
  const answer: RequestListener = (request, response) => {
    const { socket } = request;
    const answers = open.get(socket) ?? new Set();
    // Node reads whatever is there: thousands of requests that one packet holds would all be begun.
    if (socket.destroyed || answers.size >= MOST_IN_A_ROW) return void socket.destroy();
    open.set(socket, answers.add(response));
    response.once("close", () => answers.delete(response));
    response.once("finish", () => endUnread(request));
    listener(request, response);
  };
  server.on("request", answer);
  // Clients that ask before they send a long body learn at once that it is not wanted.
  server.on("checkContinue", (request, response) => {
    if (!isTooLong(request)) response.writeContinue();
    answer(request, response);
  });
  server.on("clientError", (error, socket) => answerUnreadable(error, socket, open.get(socket) ?? NOTHING_OPEN));
  server.on("connection", () => {
    server.getConnections((_error, count) => {
      if (count > MANY_CONNECTIONS) server.closeIdleConnections();
    });
  });
  // A client that has stopped to take its answer is cut off. One that waits for its answer may wait.
  server.setTimeout(STALLED_MS, (socket: Socket) => {
    if ((open.get(socket)?.size ?? 0) === 0 || socket.writableLength > 0) socket.destroy();
  });
  return server;
}

const NOTHING_OPEN: ReadonlySet<ServerResponse> = new Set();

/** Node takes the rest of a body that nobody reads for as long as it comes. */
function endUnread(request: IncomingMessage): void {
  if (request.complete) return;
  const { socket } = request;
  const end = setTimeout(() => socket.destroy(), UNREAD_BODY_MS).unref();
  request.once("end", () => clearTimeout(end));
}

const MALFORMED: Refusal = { status: 400, reason: "malformed", detail: "The request is not valid HTTP." };
const UNREADABLE: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    reason: "malformed",
    detail: `There may be ${MOST_HEADERS} headers, of ${BOUNDS.maxHeaderSize} bytes together.`,
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, reason: "body", detail: "Chunk extensions are too long." },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: "slow", detail: "The request took too long to arrive." },
};

/** Where an answer has begun, and where nobody is there any more, nothing can be said. */
function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex, open: ReadonlySet<ServerResponse>): void {
  const hasBegun = [...open].some(({ headersSent }) => headersSent);
  if (!socket.writable || error.code === "ECONNRESET" || hasBegun) {
    socket.destroy();
    return;
  }
  refuseSocket(socket, randomUUID(), UNREADABLE[error.code ?? ""] ?? MALFORMED);
}
