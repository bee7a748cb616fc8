/**
 * What stands before every answer: which hosts may be asked for, and headers that keep a browser from taking an answer
 * for something else. What pages may load, proxy.ts says.
 *
 * A page of another site cannot read our answers, unless its own name is made to point to this machine (DNS rebinding):
 * then the browser takes us for that site. Such a request still carries the foreign name in its Host header. Addresses
 * cannot be rebound, so they are always right.
 */
import { randomUUID } from "node:crypto";
import { type RequestListener, type ServerResponse, STATUS_CODES } from "node:http";
import { BlockList, isIP } from "node:net";
import { inRequest, repeatedHeaders } from "#lib/server/requestContext.ts";

export type GuardSettings = {
  /** The address we listen on. */
  readonly hostname: string;
  /** Names from MESHSCOPE_ALLOWED_HOSTS; undefined when it is not set. */
  readonly allowedHosts: readonly string[] | undefined;
};

const HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** The listener behind checks of Host and path, with security headers on whatever it answers. */
export function guarded(listener: RequestListener, settings: GuardSettings): RequestListener {
  const isAllowed = hostCheck(settings);
  return (request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    const host = nameOf(request.headers.host ?? "");
    if (!isAllowed(host)) {
      return refuse(response, 421, `Meshscope does not answer for the host "${host}".`, {
        hint: "Open it by its address or as localhost, or name the host in MESHSCOPE_ALLOWED_HOSTS.",
      });
    }
    if (!isDecodable(request.url ?? "/")) return refuse(response, 400, "The path is not valid percent-encoded text.");
    if (request.method === "TRACE") return refuse(response, 405, "TRACE is not answered.");
    const { socket } = request;
    const encrypted = "encrypted" in socket && socket.encrypted === true;
    const peer = socket.remoteAddress ?? "";
    const context = { id: randomUUID(), peer, encrypted, repeatedHeaders: repeatedHeaders(request.rawHeaders) };
    return inRequest(context, () => listener(request, response));
  };
}

/** On loopback, and wherever names are given, only those, this machine's own and plain addresses are answered for. */
export function hostCheck({ hostname, allowedHosts }: GuardSettings): (host: string) => boolean {
  if (allowedHosts === undefined && !isLoopback(hostname)) return () => true;
  const names = new Set(["localhost", hostname, ...(allowedHosts ?? [])].map((name) => name.toLowerCase()));
  return (host) => isIP(host) !== 0 || host.endsWith(".localhost") || names.has(host);
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

function isLoopback(hostname: string): boolean {
  if (hostname === "localhost" || hostname.endsWith(".localhost")) return true;
  const family = isIP(hostname);
  return family !== 0 && LOOPBACK.check(hostname, family === 6 ? "ipv6" : "ipv4");
}

/** `Example.org.:3000` → "example.org", `[::1]:3000` → "::1". */
function nameOf(host: string): string {
  const [, address, name = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  return (address ?? name).toLowerCase().replace(/\.$/, "");
}

/** Next fails on paths that are not, with a stack in the log. */
function isDecodable(url: string): boolean {
  try {
    decodeURIComponent(url.split("?", 1)[0] ?? "");
    return true;
  } catch {
    return false;
  }
}

function refuse(response: ServerResponse, status: number, detail: string, extra: { hint?: string } = {}): void {
  response.writeHead(status, { "content-type": "application/problem+json", connection: "close" });
  response.end(JSON.stringify({ title: STATUS_CODES[status], status, detail, ...extra }));
}
