/** Answers as the API server writes them. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";

/** Answers with a meta/v1 Status that says what went wrong. */
export function sendStatus(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
  details?: object,
): void {
  const status = { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message };
  sendJson(response, { ...status, ...(details && { details }) }, { code });
}

/** Answers with JSON, compressed where the client takes that and it is worth it. */
export function sendJson(
  response: ServerResponse,
  value: unknown,
  options: { readonly code?: number; readonly mayCompress?: boolean } = {},
): void {
  const body = JSON.stringify(value);
  response.statusCode = options.code ?? 200;
  response.setHeader("content-type", "application/json");
  // The real one compresses from 128 KB.
  if (options.mayCompress !== true || body.length < 128 * 1024) return void response.end(body);
  response.setHeader("content-encoding", "gzip");
  response.end(gzipSync(body, { level: 1 }));
}

/** The whole body of a request, as text. */
export async function readText(incoming: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of incoming) body += String(chunk);
  return body;
}
