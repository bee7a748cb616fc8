/**
 * What stands before every answer: a request id of our own, checks of host, target, method and length, headers that
 * clients may not send, and a line for those who come when much is being answered. What pages may load, proxy.ts says;
 * how much one viewer may ask for, lib/server/limits.ts.
 */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { networkOf } from "#lib/server/access/networkOf.ts";
import { createProxies, type Proxies } from "#lib/server/access/proxies.ts";
import { nameOfHost } from "#lib/server/hosts.ts";
import { Lane } from "#lib/server/lane.ts";
import { inRequest, type RequestContext, repeatedHeaders } from "#lib/server/requestContext.ts";
import { setAnswerHeaders } from "./answerHeaders.ts";
import { answerWithProblems } from "./apiProblems.ts";
import { dropForgedHeaders, isPassedOn } from "./clientHeaders.ts";
import { type HostSettings, hostCheck } from "./hostCheck.ts";
import { type Refusal, refuse, sends } from "./refuse.ts";
import { isApiPath, isProbe, otherMethods, pathOf, targetProblem } from "./requestTarget.ts";

export type GuardSettings = HostSettings & {
  /** What stands before every path: "/meshscope". */
  readonly basePath?: string;
  /** Whose word about their clients is taken; by default nobody's is. */
  readonly proxies?: Proxies;
};

/** No body that a route takes is longer. */
const MOST_BODY_BYTES = 2 * 1024 * 1024;

/** Answers being made at once. Pages have a line of their own: they open while the API waits for its sources. */
const API_LANE = { most: 128, mostWaiting: 1024, mostWaitingOfOne: 256 };
const PAGE_LANE = { most: 64, mostWaiting: 1024, mostWaitingOfOne: 256 };
const LONGEST_WAIT_MS = 15_000;

/** The listener behind all that. */
export function guarded(listener: RequestListener, settings: GuardSettings): RequestListener {
  const { basePath = "", proxies = createProxies() } = settings;
  const isAllowed = hostCheck(settings);
  const api = new Lane(API_LANE);
  const pages = new Lane(PAGE_LANE);
  return (request, response) => {
    const id = randomUUID();
    const { socket } = request;
    const peer = socket.remoteAddress ?? "";
    const encrypted = "encrypted" in socket && socket.encrypted === true;
    const host = nameOfHost(request.headers.host ?? "");
    const path = pathOf(request.url ?? "/", basePath);
    setAnswerHeaders(response, { id, host, path, encrypted });
    const repeated = repeatedHeaders(request.rawHeaders);
    const refusal = isAllowed(host) ? refusalOf(request, path, repeated) : foreignHost(host);
    if (refusal !== undefined) return refuse(request, response, id, refusal);

    const passedOn = isPassedOn(request.headers);
    dropForgedHeaders(request.headers, proxies.trusts(peer));
    // A body that nobody reads must not be taken for the next request.
    if (sends(request) && (request.method === "GET" || request.method === "HEAD")) {
      response.setHeader("connection", "close");
    }
    if (isApiPath(path)) answerWithProblems(response, id);
    const network = networkOf(proxies.clientOf(request.headers["x-forwarded-for"]?.toString(), peer));
    const onClose = closing(response);
    const known = { id, peer, network, encrypted, passedOn, onClose };
    const answer = (staysOpen: () => void) =>
      inRequest({ ...known, repeatedHeaders: repeated, staysOpen }, () => listener(request, response));
    if (isProbe(path)) answer(() => {});
    else inLine(isApiPath(path) ? api : pages, network, { request, response, id, onClose }, answer);
  };
}

type OnClose = NonNullable<RequestContext["onClose"]>;

/** One listener of the response, whoever waits for its end: Next and Node have some of their own, and Node counts them. */
function closing(response: ServerResponse): OnClose {
  const listeners: (() => void)[] = [];
  response.once("close", () => {
    for (const listener of listeners) listener();
  });
  return (listener) => {
    if (response.closed) listener();
    else listeners.push(listener);
  };
}

function inLine(
  lane: Lane,
  who: string,
  asked: { request: IncomingMessage; response: ServerResponse; id: string; onClose: OnClose },
  answer: (leave: () => void) => void,
): void {
  const { request, response, id, onClose } = asked;
  const busy = () =>
    refuse(request, response, id, {
      status: 503,
      reason: "busy",
      detail: "More is being asked than can be answered at once.",
      headers: { "retry-after": "2" },
    });
  const leaveLine = lane.enter(who, (leave) => {
    clearTimeout(late);
    onClose(leave);
    answer(leave);
  });
  if (leaveLine === undefined) return busy();
  const late = setTimeout(() => {
    leaveLine();
    busy();
  }, LONGEST_WAIT_MS);
  onClose(() => {
    clearTimeout(late);
    leaveLine();
  });
}

function foreignHost(host: string): Refusal {
  return {
    status: 421,
    reason: "host",
    detail: `Meshscope does not answer for the host "${host}".`,
    hint: "Open it by its address or as localhost, or name the host in MESHSCOPE_ALLOWED_HOSTS.",
  };
}

function refusalOf(request: IncomingMessage, path: string, repeated: readonly string[]): Refusal | undefined {
  // Which of them counts, everybody on the way decides otherwise (RFC 9112, section 3.2).
  if (repeated.includes("host")) return { status: 400, reason: "host", detail: "Host was sent more than once." };
  const detail = targetProblem(request.url ?? "/");
  if (detail !== undefined) return { status: 400, reason: "target", detail };
  const methods = otherMethods(request.method ?? "", path);
  if (methods !== undefined) {
    const allow = methods.join(", ");
    return { status: 405, reason: "method", detail: `${allow} are answered here.`, headers: { allow } };
  }
  if (isTooLong(request)) {
    return { status: 413, reason: "body", detail: `At most ${MOST_BODY_BYTES} bytes are read.` };
  }
  return undefined;
}

/** Whether the announced body is longer than any route takes. */
export function isTooLong({ headers }: IncomingMessage): boolean {
  return Number(headers["content-length"] ?? 0) > MOST_BODY_BYTES;
}
