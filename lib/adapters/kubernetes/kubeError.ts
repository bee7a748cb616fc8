/** Failures of the API server, as the one error of all adapters. `cause` holds the Kubernetes Status when there was one. */
import { optionalShape, text } from "#lib/domain/mesh/shape.ts";
import { SourceError, type SourceErrorKind } from "#lib/ports.ts";

/** The API server's own account of a failure (meta/v1 Status). */
export class KubeStatus extends Error {
  override readonly name = "KubeStatus";
  readonly code: number;
  readonly reason: string;

  constructor(code: number, reason: string, message: string) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}

const MESSAGE_LIMIT = 2_000;

/** Reads a Status out of an error body; whatever else the body is becomes the message. */
export function readKubeStatus(code: number, body: string): KubeStatus {
  const status = optionalShape(parseJson(body));
  const message = text(status?.["message"]) ?? (body.trim() === "" ? `HTTP ${code}` : body.trim());
  return new KubeStatus(code, text(status?.["reason"]) ?? "", message.slice(0, MESSAGE_LIMIT));
}

/** Whether a body is the API server's own Status, and not the answer of a service behind its proxy. */
export function isKubeStatus(body: string): boolean {
  const status = optionalShape(parseJson(body));
  return status?.["kind"] === "Status" && status["apiVersion"] === "v1";
}

/** Turns an HTTP error answer into a SourceError: 401 and 403 are "denied", 5xx and 429 may pass, the rest is "rejected". */
export function errorOfStatus(status: KubeStatus, what: string): SourceError {
  const kind: SourceErrorKind =
    status.code === 401 || status.code === 403
      ? "denied"
      : status.code === 429 || status.code >= 500
        ? "unreachable"
        : "rejected";
  return new SourceError({
    source: "kubernetes",
    kind,
    message: `${what}: ${status.message} (${status.code}${status.reason === "" ? "" : ` ${status.reason}`})`,
    hint: HINTS[status.code] ?? (status.code >= 500 ? "The API server is in trouble; this is tried again." : ""),
    cause: status,
  });
}

const HINTS: Readonly<Record<number, string>> = {
  401: "The credentials are not accepted, or no longer: log in again, or check the kubeconfig's user.",
  403: "Grant the account this permission with a Role or ClusterRole.",
  429: "The API server asks for fewer requests; this is tried again.",
};

/** Turns a failure to connect or to read into a SourceError "unreachable" or "timeout" with what to check. */
export function errorOfConnection(cause: unknown, server: string): SourceError {
  if (cause instanceof SourceError) return cause;
  const code = codeOf(cause);
  const timedOut = TIMEOUTS.has(code);
  return new SourceError({
    source: "kubernetes",
    kind: timedOut ? "timeout" : "unreachable",
    message: `${server}: ${timedOut ? "no answer in time" : reasonOf(cause)}`,
    hint: hintOfCode(code),
    cause,
  });
}

const TIMEOUTS: ReadonlySet<string> = new Set([
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "ETIMEDOUT",
  "TimeoutError",
]);

function hintOfCode(code: string): string {
  if (code === "ECONNREFUSED") return "Nothing listens there: is the cluster running, and the address right?";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "The host name is not known: check the address, DNS or VPN.";
  if (/CERT|SIGNATURE|TLS|SSL|ALTNAME/.test(code))
    return "The certificate is not trusted: check certificate-authority-data and the server name in the kubeconfig.";
  if (TIMEOUTS.has(code)) return "Check the network path to the API server: VPN, firewall, proxy.";
  return "Check that the API server can be reached from here.";
}

/** The HTTP status behind an error, when the API server answered at all. */
export function statusCodeOf(error: unknown): number | undefined {
  return error instanceof SourceError && error.cause instanceof KubeStatus ? error.cause.code : undefined;
}

/** Node wraps socket errors: the innermost code says what happened. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  if ("code" in error && typeof error.code === "string") return error.code;
  return inner === undefined ? error.name : codeOf(inner);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const inner = error instanceof AggregateError && error.errors[0] instanceof Error ? error.errors[0] : error;
  return inner.message || codeOf(inner) || inner.name;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
