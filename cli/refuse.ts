/** Refusals, as problem documents, of requests that no route has seen. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { runningRuntime } from "#lib/server/running.ts";
import { ANSWER_HEADERS, DATA_POLICY } from "./answerHeaders.ts";

/** What a client that still sends may send on before we hang up. */
const LINGER_MS = 1000;

export type Refusal = {
  readonly status: number;
  /** For our metrics: "host", "target", "body". */
  readonly reason: string;
  readonly detail: string;
  readonly hint?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const HEADERS = { "content-type": "application/problem+json", "cache-control": "no-store", connection: "close" };

/**
 * Answers at once and closes. A connection closed on a client that is still sending is reset, and its answer may be lost:
 * so the answer is whole first, and what comes is thrown away for a moment.
 */
export function refuse(request: IncomingMessage, response: ServerResponse, id: string, refusal: Refusal): void {
  count(refusal.reason);
  const text = document(id, refusal);
  response.writeHead(refusal.status, { ...HEADERS, "content-length": Buffer.byteLength(text), ...refusal.headers });
  if (!sends(request)) {
    response.end(text);
    return;
  }
  response.write(text);
  const linger = setTimeout(() => response.end(), LINGER_MS);
  request.once("end", () => response.end());
  response.once("close", () => clearTimeout(linger));
  request.resume();
}

/** The same where HTTP could not be read so far: the answer is written as it goes over the wire. */
export function refuseSocket(socket: Duplex, id: string, refusal: Refusal): void {
  count(refusal.reason);
  const text = document(id, refusal);
  const headers = {
    ...ANSWER_HEADERS,
    "content-security-policy": DATA_POLICY,
    "x-request-id": id,
    ...HEADERS,
    "content-length": String(Buffer.byteLength(text)),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\n${lines.join("")}\r\n${text}`);
}

/** Whether a body comes with the request. */
export function sends({ headers }: IncomingMessage): boolean {
  return Number(headers["content-length"] ?? 0) > 0 || headers["transfer-encoding"] !== undefined;
}

/** A problem document as text. @see https://www.rfc-editor.org/rfc/rfc9457 */
export function document(
  id: string,
  { status, detail, hint }: { status: number; detail?: string; hint?: string },
): string {
  return JSON.stringify({ title: STATUS_CODES[status], status, detail, hint, instance: `urn:uuid:${id}` });
}

function count(reason: string): void {
  runningRuntime()?.metrics.refused.inc({ reason });
}
