/** Answers with JSON: kept as text for those who ask alike, with an ETag for those who have it. */
import { createHash, randomUUID } from "node:crypto";
import { NOW_HEADER } from "#lib/api/urls.ts";
import { RecentMap } from "./recentMap.ts";
import { runtime } from "./running.ts";

type Body = { readonly text: string; readonly etag: string };

/** Of a large mesh a body has megabytes. */
const KEPT_BODIES = 4;

/** Keys tell answers of one process apart; those of another, with other data or another version, may have the same. */
const PROCESS = randomUUID();

/** Texts of answers with a key, by ETag: viewers of one reading share its text. */
const bodies = new RecentMap<string, Body>(KEPT_BODIES);

/**
 * Answers with JSON. `key`, when given, must change whenever the content does within this process: it spares making
 * the text again for the next client, and at all for one that has it.
 */
export function respondJson(
  request: Request,
  make: () => unknown,
  options: { readonly key?: string; readonly type?: string } = {},
): Response {
  const body = bodyOf(make, options.key);
  const headers = new Headers({
    "content-type": options.type ?? "application/json",
    "cache-control": "private, no-cache",
    etag: body.etag,
    [NOW_HEADER]: String(runtime().clock.nowSeconds()),
  });
  if (matches(request.headers.get("if-none-match"), body.etag)) return new Response(null, { status: 304, headers });
  return new Response(body.text, { headers });
}

function bodyOf(make: () => unknown, key: string | undefined): Body {
  if (key === undefined) {
    const text = textOf(make());
    return { text, etag: `W/"${hash(text)}"` };
  }
  const etag = `W/"${hash(`${PROCESS} ${key}`)}"`;
  const known = bodies.get(etag);
  if (known !== undefined) return known;
  const body = { text: textOf(make()), etag };
  bodies.set(etag, body);
  return body;
}

function textOf(content: unknown): string {
  return typeof content === "string" ? content : JSON.stringify(content);
}

function hash(text: string): string {
  return createHash("sha1").update(text).digest("base64url");
}

function matches(header: string | null, etag: string): boolean {
  return header?.split(",").some((candidate) => candidate.trim() === etag) ?? false;
}
