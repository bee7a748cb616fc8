/** What an HTTP answer means: data, or a SourceError a person can act on. */
import type { HttpResponse } from "#lib/adapters/httpTransport.ts";
import { SourceError, type SourceErrorKind, type Warning } from "#lib/ports.ts";

export const SOURCE = "prometheus";

/** Enough for Prometheus' longest messages (they quote the query), not for a page. */
const MESSAGE_LIMIT = 2_000;
const WARNINGS_LIMIT = 20;

export type Answer = {
  readonly data: unknown;
  readonly warnings: readonly Warning[];
  /** Of the HTTP response, names in lower case; absent where an answer stands for one that failed. */
  readonly headers?: HttpResponse["headers"];
};

/** The envelope every API answer comes in. @see https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview */
type Envelope = {
  readonly status?: unknown;
  readonly data?: unknown;
  readonly errorType?: unknown;
  readonly error?: unknown;
  readonly warnings?: unknown;
  readonly infos?: unknown;
  /** VictoriaMetrics' cluster, when a storage node did not answer. */
  readonly isPartial?: unknown;
};

/** Reads the body. Throws SourceError for anything but `{"status":"success"}`. */
export async function readAnswer(response: HttpResponse, target: string): Promise<Answer> {
  const body = await response.text();
  const envelope = parseEnvelope(body);
  if (envelope === undefined || response.status < 200 || response.status >= 300 || envelope.status !== "success") {
    throw answerError(response, body, envelope, target);
  }
  const warnings = [
    ...(envelope.isPartial === true ? [partial("a storage node did not answer")] : []),
    ...notes(envelope.warnings, judged),
    ...notes(envelope.infos, (message) => ({ code: "prometheus-info", message })),
  ];
  return { data: envelope.data, warnings, headers: response.headers };
}

function parseEnvelope(body: string): Envelope | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What Prometheus says of the query itself begins with "PromQL"; all else is a store or a remote that gave nothing. */
function judged(message: string): Warning {
  return message.startsWith("PromQL") ? { code: "prometheus-warning", message } : partial(message);
}

/** Thanos, Prometheus with remote read, and VictoriaMetrics' cluster answer 200 with what they could get. */
function partial(reason: string): Warning {
  return {
    code: "partial",
    message: `Part of the data is missing, and edges with it: ${reason}`,
    hint: "A store behind the server did not answer. Look at its health (Thanos: Stores; VictoriaMetrics: vmstorage).",
  };
}

function notes(list: unknown, warningOf: (note: string) => Warning): Warning[] {
  if (!Array.isArray(list)) return [];
  return list
    .filter((note) => typeof note === "string")
    .slice(0, WARNINGS_LIMIT)
    .map((note) => warningOf(clip(note)));
}

function answerError(
  response: HttpResponse,
  body: string,
  envelope: Envelope | undefined,
  target: string,
): SourceError {
  const { status } = response;
  const said = saying(response, body, envelope);
  const error = (kind: SourceErrorKind, message: string, hint: string) =>
    new SourceError({ source: SOURCE, kind, message: clip(message), hint });

  if (isTimeout(envelope) || status === 504) {
    return error(
      "timeout",
      `Prometheus gave up on a query: ${said}`,
      "Choose a shorter window or fewer namespaces, or give Prometheus more CPU.",
    );
  }
  if (status === 401 || status === 403) {
    return error(
      "denied",
      `${target} refused us (${status}): ${said}`,
      "Check the token or password, and the tenant header if the server wants one.",
    );
  }
  if (status >= 300 && status < 400) {
    return error(
      "rejected",
      `${target} answered with a redirect (${status})${redirectTarget(response)}.`,
      "Usually a login page, or a base path that lacks its prefix. Set the URL the API itself answers at.",
    );
  }
  if (status === 404) {
    return error(
      "rejected",
      `There is no Prometheus API at ${target}: ${said}`,
      "Check the base path: <url>/api/v1/query must answer.",
    );
  }
  if (status === 429) {
    return error(
      "rejected",
      `${target} limits our queries (429): ${said}`,
      "Refresh less often, or raise the limits of this tenant.",
    );
  }
  if (status === 502 || status === 503) {
    return error(
      "unreachable",
      `${target} is not available (${status}): ${said}`,
      "Prometheus may be starting (replaying its log takes minutes), or the proxy before it finds none.",
    );
  }
  if (status >= 400 || envelope?.status === "error") {
    return error(
      "rejected",
      `Prometheus rejected a query (${status}): ${said}`,
      "If the message speaks of a limit, choose a shorter window; else the server may not speak PromQL fully.",
    );
  }
  return error(
    "malformed",
    `${target} answered ${status}, but not as Prometheus does: ${said}`,
    "Something else answers at this address (a login page, a proxy), or cuts answers short.",
  );
}

/** Prometheus reports most timeouts as 422 "execution", and only some as 503 "timeout". */
function isTimeout(envelope: Envelope | undefined): boolean {
  if (envelope === undefined) return false;
  if (envelope.errorType === "timeout") return true;
  return typeof envelope.error === "string" && /context deadline exceeded|query timed out/.test(envelope.error);
}

function redirectTarget(response: HttpResponse): string {
  const location = response.headers.location ?? "";
  if (!URL.canParse(location)) return "";
  const { origin, pathname } = new URL(location);
  return ` to ${origin}${pathname}`;
}

/** The most telling text of an answer. */
function saying(response: HttpResponse, body: string, envelope: Envelope | undefined): string {
  if (typeof envelope?.error === "string") return envelope.error;
  // Kubernetes and many proxies say it in `message`.
  if (envelope !== undefined && "message" in envelope && typeof envelope.message === "string") return envelope.message;
  const type = (response.headers["content-type"] ?? "no content type").split(";", 1)[0] ?? "";
  if (body.trim() === "") return "an empty body";
  if (type === "text/html" || /^\s*<(!doctype|html)/i.test(body)) {
    const title = /<title[^>]*>([^<]{1,200})/i.exec(body)?.[1]?.trim();
    return title === undefined ? "an HTML page" : `an HTML page titled "${title}"`;
  }
  if (type === "application/json")
    return `JSON that ${envelope === undefined ? "ends early or is damaged" : "has no status"}`;
  return `${type}: ${body.trim()}`;
}

function clip(text: string): string {
  return text.length <= MESSAGE_LIMIT ? text : `${text.slice(0, MESSAGE_LIMIT - 1)}…`;
}
