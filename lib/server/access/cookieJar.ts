/**
 * Our cookies. A value that is too long for one is spread over several, each with how many there are:
 *
 *   meshscope-session.0 = 3.eyJhbGci…   meshscope-session.1 = …   meshscope-session.2 = …
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis (prefixes of names)
 */
import { parseCookie, stringifySetCookie } from "cookie";
import { ProblemError } from "../problemError.ts";
import type { PublicAddress } from "./publicAddress.ts";

/** Browsers keep some 4,096 bytes of a cookie, name and attributes included. */
const PART_LENGTH = 3600;
const MOST_PARTS = 5;

export type CookieJar = {
  read(request: Request): string | undefined;
  /** Appends Set-Cookie headers to `answer`. Throws ProblemError when the value is too long for any browser. */
  write(request: Request, answer: Headers, value: string, maxAgeSeconds: number): void;
  /** Removes it from the browser, if the request shows that it is there. */
  clear(request: Request, answer: Headers): void;
};

/** A cookie of one name. It is never readable by scripts, and Secure wherever the browser speaks TLS. */
export function createCookieJar(
  address: PublicAddress,
  options: { readonly name: string; readonly sameSite: "strict" | "lax" },
): CookieJar {
  const path = address.basePath === "" ? "/" : address.basePath;

  /** The prefixes make browsers refuse a cookie that another site or an unencrypted page set in our name. */
  function nameFor(request: Request): string {
    if (address.isSecure(request)) return `${path === "/" ? "__Host-" : "__Secure-"}${options.name}`;
    // Cookies do not tell ports apart: two port-forwards on one machine must not end each other's sessions.
    const port = address.port(request);
    return port === "" ? options.name : `${options.name}-${port}`;
  }

  function set(request: Request, answer: Headers, part: number, value: string, maxAge: number): void {
    const name = `${nameFor(request)}.${part}`;
    const secure = address.isSecure(request);
    const cookie = { name, value, maxAge, path, secure, httpOnly: true, sameSite: options.sameSite };
    answer.append("set-cookie", stringifySetCookie(cookie));
  }

  /** Parts that the browser has, from 0 on; undefined where one is missing. */
  function partsOf(request: Request): (string | undefined)[] {
    const cookies = parseCookie(request.headers.get("cookie") ?? "");
    const name = nameFor(request);
    return Array.from({ length: MOST_PARTS }, (_, part) => cookies[`${name}.${part}`]);
  }

  return {
    read(request) {
      const parts = partsOf(request);
      const [, count = "", first = ""] = /^([1-9])\.(.*)$/s.exec(parts[0] ?? "") ?? [];
      const rest = parts.slice(1, Number(count));
      if (first === "" || Number(count) > MOST_PARTS || rest.includes(undefined)) return undefined;
      return [first, ...rest].join("");
    },
    write(request, answer, value, maxAgeSeconds) {
      const count = Math.ceil(value.length / PART_LENGTH);
      if (count > MOST_PARTS) {
        throw new ProblemError(400, "The login is too large for cookies", {
          detail: `It takes ${Math.ceil(value.length / 1024)} KB, and browsers keep ${(MOST_PARTS * PART_LENGTH) / 1024} KB.`,
          hint: "Let the provider put fewer groups into its tokens.",
          extra: { reason: "too-large" },
        });
      }
      for (let part = 0; part < count; part += 1) {
        const text = value.slice(part * PART_LENGTH, (part + 1) * PART_LENGTH);
        set(request, answer, part, part === 0 ? `${count}.${text}` : text, Math.max(1, Math.floor(maxAgeSeconds)));
      }
      partsOf(request).forEach((old, part) => {
        if (part >= count && old !== undefined) set(request, answer, part, "", 0);
      });
    },
    clear(request, answer) {
      partsOf(request).forEach((old, part) => {
        if (old !== undefined) set(request, answer, part, "", 0);
      });
    },
  };
}
