/** How a route runs: for whom, within which limits, measured, and what it throws as a problem document. */
import { ZodError } from "zod";
import type { Sight } from "#lib/domain/access/sight.ts";
import { isSourceError, type SourceError, type SourceErrorKind } from "#lib/ports.ts";
import { generalFailure } from "./access/generalWords.ts";
import type { Viewer } from "./access/viewer.ts";
import { costOf, limitKey } from "./limits.ts";
import { loadSources } from "./loadSources.ts";
import { isProblemError } from "./problemError.ts";
import { requestContext, requestId } from "./requestContext.ts";
import { type Runtime, runtime } from "./running.ts";

const STATUS: Readonly<Record<SourceErrorKind, number>> = {
  unreachable: 503,
  timeout: 504,
  denied: 502,
  rejected: 502,
  malformed: 502,
};

/** An RFC 9457 problem document. Nothing of stacks or credentials. */
export function problem(
  status: number,
  title: string,
  extra: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Response {
  const id = requestId();
  return Response.json(
    { title, status, ...extra, ...(id === undefined ? {} : { instance: `urn:uuid:${id}` }) },
    { status, headers: { "cache-control": "no-store", ...headers, "content-type": "application/problem+json" } },
  );
}

/** Sends the browser elsewhere, once. */
export function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location, "cache-control": "no-store" } });
}

type Answer = (running: Runtime, viewer: Viewer) => Response | Promise<Response>;

/** Runs a route for its viewer, whoever must be known and may change something only from a page of ours. */
export function handle(route: string, request: Request, answer: Answer): Promise<Response> {
  return measured(route, request, async (running, cookies) => {
    const viewer = await knownViewer(running, request, cookies);
    running.forgery.check(request, viewer);
    try {
      return await answerWithinLimits(running, route, request, viewer, answer);
    } catch (error) {
      if (request.signal.aborted || !isSourceError(error)) throw error;
      return sourceProblem(error, running, await sightOrNone(running, viewer, request.signal));
    }
  });
}

/** Who is refused counts too, under the network they come from: many wrong guesses cost no more than many answers. */
async function knownViewer({ access, limits }: Runtime, request: Request, cookies: Headers): Promise<Viewer> {
  try {
    return await access.viewerOf(request, cookies);
  } catch (error) {
    if (isProblemError(error) && error.status === 401)
      await limits.count(limitKey(undefined, requestContext().network));
    throw error;
  }
}

type OpenAnswer = (running: Runtime, cookies: Headers) => Response | Promise<Response>;

/** Runs a route that asks nobody who they are, of which there are only those to log in: counted by network. */
export function handleOpen(route: string, request: Request, answer: OpenAnswer): Promise<Response> {
  return measured(route, request, async (running, cookies) => {
    await running.limits.count(limitKey(undefined, requestContext().network));
    return answer(running, cookies);
  });
}

/**
 * Measures an answer and turns what it throws into a problem document. Headers appended to `cookies` are sent either way.
 */
async function measured(route: string, request: Request, answer: OpenAnswer): Promise<Response> {
  const running = runtime();
  const stop = running.metrics.requestSeconds.startTimer({ route });
  const cookies = new Headers();
  const response = await answerOrProblem(running, route, request, () => answer(running, cookies));
  for (const cookie of cookies.getSetCookie()) response.headers.append("set-cookie", cookie);
  stop();
  running.metrics.requests.inc({ route, status: String(response.status) });
  return response;
}

/** Answers what the viewer may ask for now, and counts it as open until it is sent. */
async function answerWithinLimits(
  running: Runtime,
  route: string,
  request: Request,
  viewer: Viewer,
  answer: Answer,
): Promise<Response> {
  const { network, staysOpen, onClose } = requestContext();
  const key = limitKey(viewer, network);
  const cost = costOf(route, new URL(request.url));
  const { made, closed } = await running.limits.admit(key, cost, request.signal);
  try {
    const response = await answer(running, viewer);
    if (cost === "stream" && response.ok) staysOpen?.();
    return response;
  } finally {
    made();
    if (onClose === undefined) closed();
    else onClose(closed);
  }
}

async function answerOrProblem(
  running: Runtime,
  route: string,
  request: Request,
  answer: () => Response | Promise<Response>,
): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 });
    if (error instanceof ZodError) {
      const issue = error.issues[0];
      const detail = issue === undefined ? "The request is not valid." : `${issue.path.join(".")}: ${issue.message}`;
      return problem(400, "The request is not valid", { detail, hint: "See /api/v1/openapi.json." });
    }
    if (isSourceError(error)) return sourceProblem(error, running, NOTHING);
    if (isProblemError(error)) {
      const { status, title, message: detail, hint, extra, headers } = error;
      return problem(status, title, { detail, hint, ...extra }, headers);
    }
    running.log.error({ err: error, route }, "Request failed");
    return problem(500, "Something went wrong on our side", {
      detail: `The server's log has the details under id ${requestId() ?? "none"}.`,
    });
  }
}

/** What a source says names addresses and worse: only who sees everything reads it. */
function sourceProblem(error: SourceError, { telemetry, clusters }: Runtime, sight: Sight): Response {
  const isWhole = sight.clusters === "everything";
  const { message: detail, hint } = isWhole ? error : generalFailure(error);
  return problem(STATUS[error.kind], isWhole ? `${error.source} ${error.kind}` : `A data source is ${error.kind}`, {
    detail,
    hint,
    sources: loadSources(telemetry, clusters, sight),
  });
}

const NOTHING: Sight = { key: "nothing", clusters: new Map() };

/** Nothing while rights cannot be asked for. */
async function sightOrNone({ access }: Runtime, viewer: Viewer, signal: AbortSignal): Promise<Sight> {
  try {
    return await access.sightOf(viewer, signal);
  } catch {
    return NOTHING;
  }
}
