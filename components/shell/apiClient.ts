/** How the browser asks our own server. */
import { z } from "zod";
import { type Reading, type SourceView, sourceSchema } from "#lib/api/reading.ts";
import { CSRF_HEADER, SESSION_URL, type SessionView } from "#lib/api/session.ts";
import { NOW_HEADER } from "#lib/api/urls.ts";

/** What went wrong, as the server (application/problem+json) or the network says it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; absent when the server could not be reached at all. */
  readonly status: number | undefined;
  readonly hint: string;
  /** How the data sources are doing, where the server said so. */
  readonly sources: readonly SourceView[];
  /** Why, for code: "expired", "forgery"; where the server said so. */
  readonly reason: string | undefined;

  constructor(
    message: string,
    hint: string,
    status?: number,
    details: { readonly sources?: readonly SourceView[]; readonly reason?: string | undefined } = {},
  ) {
    super(message);
    this.hint = hint;
    this.status = status;
    this.sources = details.sources ?? [];
    this.reason = details.reason;
  }
}

const loginListeners = new Set<() => void>();

/** Calls the listener when the server wants a login; returns the way to stop. */
export function onLoginRequired(listener: () => void): () => void {
  loginListeners.add(listener);
  return () => loginListeners.delete(listener);
}

/** Fetches JSON of a type the server's own schema guarantees. Rejects with ApiError, or with the signal's reason. */
export async function fetchJson<Body>(url: string, signal: AbortSignal): Promise<Body> {
  return (await (await request(url, signal)).json()) as Body;
}

/** Fetches a reading. A body from the browser's cache is older than its answer, so the server's clock is the header's. */
export async function fetchReading(url: string, signal: AbortSignal): Promise<Reading> {
  const response = await request(url, signal);
  const reading = (await response.json()) as Reading;
  const now = Number(response.headers.get(NOW_HEADER));
  return now > 0 ? { ...reading, now } : reading;
}

/** Who is logged in. */
export async function fetchSession(signal?: AbortSignal): Promise<SessionView> {
  const session = (await (await request(SESSION_URL, signal)).json()) as SessionView;
  proof = session.csrf;
  return session;
}

/** What shows the server that a request comes from a page of ours; known once the session is. */
let proof: string | undefined;

/**
 * Sends something that changes something, with the proof the server wants. Rejects with ApiError, or with the signal's
 * reason. The proof ends with the session, or with the server's process: then it is fetched anew, once.
 */
export async function sendJson<Body>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  url: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<Body> {
  if (proof === undefined) await fetchSession(signal);
  const send = () => {
    const headers: Record<string, string> = { "content-type": "application/json", [CSRF_HEADER]: proof ?? "" };
    return request(url, signal, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
  };
  try {
    return (await (await send()).json()) as Body;
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason !== "forgery") throw error;
    await fetchSession(signal);
    return (await (await send()).json()) as Body;
  }
}

async function request(url: string, signal: AbortSignal | undefined, init: RequestInit = {}): Promise<Response> {
  const headers = { accept: "application/json", ...init.headers };
  let response: Response;
  try {
    response = await fetch(url, { ...init, headers, signal: signal ?? null });
  } catch (cause) {
    if (signal?.aborted === true) throw cause;
    throw new ApiError("The Meshscope server does not answer.", "Check that it runs and that your network reaches it.");
  }
  if (response.ok) return response;
  const problem = await problemOf(response);
  // A token that was refused is no session that has ended.
  if (problem.status === 401 && problem.reason !== "refused") for (const listener of loginListeners) listener();
  throw problem;
}

async function problemOf(response: Response): Promise<ApiError> {
  const body: unknown = await response.json().catch(() => undefined);
  const field = (name: string): string | undefined => {
    if (typeof body !== "object" || body === null || !(name in body)) return undefined;
    const value: unknown = (body as Record<string, unknown>)[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  return new ApiError(
    field("detail") ?? field("title") ?? `The server answered ${response.status}.`,
    field("hint") ?? (response.status >= 500 ? "It is tried again on its own." : "Check the link you followed."),
    response.status,
    { sources: sourcesOf(body), reason: field("reason") },
  );
}

function sourcesOf(body: unknown): readonly SourceView[] {
  const { data } = z.object({ sources: z.array(sourceSchema) }).safeParse(body);
  return data?.sources ?? [];
}
