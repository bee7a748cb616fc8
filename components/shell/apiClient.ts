/** How the browser asks our own server. */
import { z } from "zod";
import { type Reading, type SourceView, sourceSchema } from "#lib/api/reading.ts";
import { NOW_HEADER } from "#lib/api/urls.ts";

/** What went wrong, as the server (application/problem+json) or the network says it. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; absent when the server could not be reached at all. */
  readonly status: number | undefined;
  readonly hint: string;
  /** How the data sources are doing, where the server said so. */
  readonly sources: readonly SourceView[];

  constructor(message: string, hint: string, status?: number, sources: readonly SourceView[] = []) {
    super(message);
    this.hint = hint;
    this.status = status;
    this.sources = sources;
  }
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

async function request(url: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal, headers: { accept: "application/json" } });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError("The Meshscope server does not answer.", "Check that it runs and that your network reaches it.");
  }
  if (!response.ok) throw await problemOf(response);
  return response;
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
    sourcesOf(body),
  );
}

function sourcesOf(body: unknown): readonly SourceView[] {
  const { data } = z.object({ sources: z.array(sourceSchema) }).safeParse(body);
  return data?.sources ?? [];
}
