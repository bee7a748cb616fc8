/**
 * What the socket knows of a request and its headers cannot be trusted to say. Routes get only headers from Next, and
 * anybody can send headers; this is kept beside them. On globalThis, since Next has copies of every module.
 */
import { AsyncLocalStorage } from "node:async_hooks";

export type RequestContext = {
  /** Of our own making: names the request in answers, log and audit. */
  readonly id: string;
  /** Address of the other end of the connection. */
  readonly peer: string;
  /** Network of the client, whom proxies that we trust may name: what nobody in particular asks for is counted under it. */
  readonly network: string;
  /** Whether the connection is TLS of our own. */
  readonly encrypted: boolean;
  /** Whether a header says that a proxy passed the request on, which the peer may be. Absent: not known. */
  readonly passedOn?: boolean;
  /** Headers, in lower case, that were sent more than once: joined to one they look like a list. */
  readonly repeatedHeaders: readonly string[];
  /** Called for an answer that stays open (an event stream): it no longer counts as one that is being made. */
  readonly staysOpen?: () => void;
  /** Calls the listener when the answer has been sent or its client has left, whichever comes first. */
  readonly onClose?: (listener: () => void) => void;
};

const KEY = Symbol.for("meshscope.requestContext");
const holder = globalThis as typeof globalThis & { [KEY]?: AsyncLocalStorage<RequestContext> };
const storage = (holder[KEY] ??= new AsyncLocalStorage());

/** Runs what answers a request. */
export function inRequest<Result>(context: RequestContext, answer: () => Result): Result {
  return storage.run(context, answer);
}

/** The request that is being answered. Throws where there is none: nothing is decided without knowing who connects. */
export function requestContext(): RequestContext {
  const context = storage.getStore();
  if (context === undefined) throw new Error("No request is being answered: cli/guarded.ts begins each");
  return context;
}

/** Names of headers that come more than once; `rawHeaders` as Node has them: name, value, name, value. */
export function repeatedHeaders(rawHeaders: readonly string[]): readonly string[] {
  const names = rawHeaders.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  return names.filter((name, index) => names.indexOf(name) < index);
}

/** The id of the request that is being answered, if any: for log lines and answers. */
export function requestId(): string | undefined {
  return storage.getStore()?.id;
}
