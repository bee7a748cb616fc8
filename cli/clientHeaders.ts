/** Headers that clients may not send: those that Next and we ourselves set on the way, and those of proxies. */
import type { IncomingHttpHeaders } from "node:http";

/**
 * What Next's own parts say to each other, and what hosting platforms say to it. A client that could send them would skip
 * proxy.ts, choose another route or another nonce. There are no server actions.
 */
const INTERNAL =
  /^(x-middleware-|x-nextjs-|x-next-|x-invoke-|x-now-|x-vercel-|x-prerender-|x-matched-path$|x-nonce$|next-|content-security-policy)/;

/** The browser's half of Next's router sends these; they choose between forms of the same page. */
const ROUTER: ReadonlySet<string> = new Set([
  "next-hmr-refresh",
  "next-router-prefetch",
  "next-router-segment-prefetch",
  "next-router-state-tree",
  "next-url",
]);

/** What a reverse proxy says of its client, or of the path that the client asked for. */
const FORWARDED = /^(forwarded$|x-forwarded-|x-real-ip$|x-original-|x-rewrite-url$|x-http-method|x-method-override$)/;

/** Removes what only a trusted proxy, or nobody, may say. */
export function dropForgedHeaders(headers: IncomingHttpHeaders, isTrustedPeer: boolean): void {
  for (const name of Object.keys(headers)) {
    if ((INTERNAL.test(name) && !ROUTER.has(name)) || (!isTrustedPeer && FORWARDED.test(name))) delete headers[name];
  }
}

/** Whether the request says that somebody passed it on: asked before that is dropped. */
export function isPassedOn(headers: IncomingHttpHeaders): boolean {
  return Object.keys(headers).some((name) => FORWARDED.test(name) || name === "via");
}
