/** Prometheus' HTTP API, one function an endpoint. @see https://prometheus.io/docs/prometheus/latest/querying/api/ */
import { setTimeout as sleep } from "node:timers/promises";
import type { HttpResponse, HttpTransport } from "#lib/adapters/httpTransport.ts";
import { isSourceError, SourceError } from "#lib/ports.ts";
import { type Answer, readAnswer, SOURCE } from "./answer.ts";
import { createLimiter } from "./limiter.ts";
import { errorCode } from "./urlTransport.ts";

const IN_FLIGHT = 3;
/** People wait. A server that wants more is asked again by the next reading, and meanwhile they are told. */
const LONGEST_RETRY_DELAY_MS = 2_000;
const DEFAULT_RETRY_DELAY_MS = 500;
/** For Thanos, whatever its flags say: what can be had, with a warning, and replicas once. Others do not look at it. */
const FEDERATED = { partial_response: "true", dedup: "true" };

export type QueryOptions = { readonly signal: AbortSignal; readonly urgent: boolean };

/** Every call rejects with SourceError, or with the signal's reason when aborted. */
export type PrometheusApi = {
  query(promql: string, atSeconds: number, options: QueryOptions): Promise<Answer>;
  queryRange(
    promql: string,
    range: { readonly startSeconds: number; readonly endSeconds: number; readonly stepSeconds: number },
    options: QueryOptions,
  ): Promise<Answer>;
  /** Values of a label on the series since a moment that match a selector: read from the index, no samples touched. */
  labelValues(label: string, match: string, sinceSeconds: number, options: QueryOptions): Promise<Answer>;
  status(page: "buildinfo" | "config" | "flags" | "runtimeinfo", options: QueryOptions): Promise<Answer>;
};

type Call = { readonly path: string; readonly parameters: Readonly<Record<string, string>>; readonly form: boolean };

/** Calls one server, three at a time at most. `timeoutMs` counts from when a call leaves the queue, retry included. */
export function createPrometheusApi(transport: HttpTransport, timeoutMs: number): PrometheusApi {
  const limiter = createLimiter(IN_FLIGHT);
  let formsRefused = false;

  function call(request: Call, { signal, urgent }: QueryOptions): Promise<Answer> {
    return limiter.run(
      async () => {
        const deadline = AbortSignal.timeout(timeoutMs);
        try {
          return await exchange(request, AbortSignal.any([signal, deadline]));
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          if (deadline.aborted) throw tooSlow(transport.target, timeoutMs);
          throw error;
        }
      },
      { signal, urgent },
    );
  }

  /** One exchange, and one more after a passing failure. What Prometheus itself judged is never asked again. */
  async function exchange(request: Call, signal: AbortSignal): Promise<Answer> {
    let response: HttpResponse;
    try {
      response = await send(request, signal);
      if (!isPassing(response.status)) return await readAnswer(response, transport.target);
    } catch (error) {
      if (signal.aborted || !isDeadSocket(error)) throw error;
      return readAnswer(await send(request, signal), transport.target);
    }
    const failure = await readAnswer(response, transport.target).catch((error: unknown) => error);
    if (isSourceError(failure) && failure.kind === "timeout") throw failure;
    const delayMs = retryDelayMs(response);
    if (delayMs > LONGEST_RETRY_DELAY_MS) throw failure;
    await sleep(delayMs, undefined, { signal });
    return readAnswer(await send(request, signal), transport.target);
  }

  async function send({ path, parameters, form }: Call, signal: AbortSignal): Promise<HttpResponse> {
    const encoded = new URLSearchParams(parameters).toString();
    const asGet = () =>
      transport.request({ method: "GET", path: encoded === "" ? path : `${path}?${encoded}`, signal });
    if (!form || formsRefused) return asGet();
    const response = await transport.request({
      method: "POST",
      path,
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: encoded,
      signal,
    });
    if (response.status !== 405 && response.status !== 403) return response;
    const body = await response.text();
    if (!refusesForms(response.status, body)) return { ...response, text: () => Promise.resolve(body) };
    formsRefused = true;
    return asGet();
  }

  return {
    query: (promql, atSeconds, options) => {
      const parameters = { query: promql, time: String(atSeconds), timeout: `${timeoutMs}ms`, ...FEDERATED };
      return call({ path: "/api/v1/query", parameters, form: true }, options);
    },
    queryRange: (promql, { startSeconds, endSeconds, stepSeconds }, options) => {
      const parameters = {
        query: promql,
        start: String(startSeconds),
        end: String(endSeconds),
        step: String(stepSeconds),
        timeout: `${timeoutMs}ms`,
        ...FEDERATED,
      };
      return call({ path: "/api/v1/query_range", parameters, form: true }, options);
    },
    labelValues: (label, match, sinceSeconds, options) => {
      const path = `/api/v1/label/${encodeURIComponent(label)}/values`;
      return call({ path, parameters: { "match[]": match, start: String(sinceSeconds) }, form: false }, options);
    },
    status: (page, options) => call({ path: `/api/v1/status/${page}`, parameters: {}, form: false }, options),
  };
}

/**
 * Some proxies allow no POST (405). Through the API server's service proxy, POST needs the right to "create"
 * services/proxy and GET the right to "get": a read-only account is told so in a Status object.
 */
function refusesForms(status: number, body: string): boolean {
  return status === 405 || (status === 403 && /"kind":\s*"Status"/.test(body));
}

function isPassing(status: number): boolean {
  return status === 429 || status >= 500;
}

/** A kept connection that the server had closed meanwhile: the request was never read. */
function isDeadSocket(error: unknown): boolean {
  return ["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"].includes(errorCode(error));
}

/** Retry-After in seconds, as Prometheus and its relatives write it. */
function retryDelayMs(response: HttpResponse): number {
  const seconds = response.headers["retry-after"] ?? "";
  return /^\d+$/.test(seconds) ? Number(seconds) * 1_000 : DEFAULT_RETRY_DELAY_MS;
}

function tooSlow(target: string, timeoutMs: number): SourceError {
  return new SourceError({
    source: SOURCE,
    kind: "timeout",
    message: `${target} did not answer within ${timeoutMs / 1_000} s.`,
    hint: "Choose a shorter window or fewer namespaces, raise the timeout, or give Prometheus more CPU.",
  });
}
