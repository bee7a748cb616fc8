/** HTTP straight to a URL: base path, credentials, CA, extra headers, gzip and a limit on the size of answers. */
import { validateHeaderName, validateHeaderValue } from "node:http";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { type Dispatcher, Pool } from "undici";
import type { HttpRequest, HttpResponse, HttpTransport } from "#lib/adapters/httpTransport.ts";
import { isSourceError, SourceError, type SourceErrorKind } from "#lib/ports.ts";

const gunzipBody = promisify(gunzip);

const MEBIBYTE = 1_048_576;
const DEFAULT_BODY_LIMIT = 256 * MEBIBYTE;
const CONNECT_TIMEOUT_MS = 10_000;

export type UrlTransportSettings = {
  /** Name of the source in errors: "prometheus". */
  readonly source: string;
  /** With base path if any. User and password in it are used as basic auth. */
  readonly url: string;
  readonly auth?:
    | { readonly kind: "basic"; readonly username: string; readonly password: string }
    /** A function is asked before every request, for tokens that rotate on disk. */
    | { readonly kind: "bearer"; readonly token: string | (() => Promise<string>) };
  /** PEM text of the certificate authorities to trust instead of the system's. */
  readonly certificateAuthority?: string;
  /** Sent with every request: X-Scope-OrgID and the like. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Largest body in bytes, after decompression. */
  readonly bodyLimit?: number;
};

/** Reaches one server. Throws an Error at once for a URL or header that can never work; connects at the first request. */
export function createUrlTransport(settings: UrlTransportSettings): HttpTransport {
  const base = parseBase(settings.url);
  const basePath = base.pathname.replace(/\/+$/, "");
  const target = `${base.origin}${basePath}`;
  const bodyLimit = settings.bodyLimit ?? DEFAULT_BODY_LIMIT;
  const authorization = authorizationOf(settings.auth, base);
  const extraHeaders = checkedHeaders(settings.headers ?? {});
  // Between processes of one machine, compressing costs more time than the bytes do.
  const encoding = isLoopback(base.hostname) ? "identity" : "gzip";
  const pool = new Pool(base.origin, {
    connections: 8,
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      ...(settings.certificateAuthority === undefined ? {} : { ca: settings.certificateAuthority }),
    },
  });

  async function request({ method, path, headers, body, signal }: HttpRequest): Promise<HttpResponse> {
    signal.throwIfAborted();
    try {
      const credentials = await authorization();
      const response = await pool.request({
        method,
        path: `${basePath}${path}`,
        headers: {
          "accept-encoding": encoding,
          ...headers,
          ...extraHeaders,
          ...(credentials === undefined ? {} : { authorization: credentials }),
        },
        body: body ?? null,
        signal,
      });
      return {
        status: response.statusCode,
        headers: flatHeaders(response.headers),
        text: async () => {
          try {
            return await readText(response, bodyLimit);
          } catch (error) {
            throw asSourceError(error, signal, settings.source, target, bodyLimit);
          }
        },
      };
    } catch (error) {
      throw asSourceError(error, signal, settings.source, target, bodyLimit);
    }
  }

  return { target, request, close: () => pool.destroy() };
}

function parseBase(url: string): URL {
  if (!URL.canParse(url)) throw new Error(`"${url}" is not a URL. Write it like http://prometheus.monitoring:9090`);
  const base = new URL(url);
  if (base.protocol !== "http:" && base.protocol !== "https:") {
    throw new Error(`${base.protocol}//… cannot be reached: only http and https URLs can.`);
  }
  return base;
}

function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
}

function authorizationOf(auth: UrlTransportSettings["auth"], base: URL): () => Promise<string | undefined> {
  if (auth?.kind === "bearer") {
    const { token } = auth;
    return async () => `Bearer ${(typeof token === "string" ? token : await token()).trim()}`;
  }
  const username = auth?.username ?? decodeURIComponent(base.username);
  const password = auth?.password ?? decodeURIComponent(base.password);
  const credentials =
    username === "" && password === ""
      ? undefined
      : `Basic ${Buffer.from(`${username}:${password}`, "utf8").toString("base64")}`;
  return () => Promise.resolve(credentials);
}

function checkedHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  return { ...headers };
}

function flatHeaders(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
  }
  return flat;
}

class BodyTooLarge extends Error {}

async function readText(response: Dispatcher.ResponseData, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop destroys the body, and with it the connection.
    if (size > limit) throw new BodyTooLarge();
    chunks.push(chunk);
  }
  const bytes = Buffer.concat(chunks, size);
  if (response.headers["content-encoding"] !== "gzip") return bytes.toString("utf8");
  return (await gunzipBody(bytes, { maxOutputLength: limit })).toString("utf8");
}

/** What a failed exchange means. A caller's abort stays the caller's own reason. */
function asSourceError(error: unknown, signal: AbortSignal, source: string, target: string, bodyLimit: number): Error {
  if (signal.aborted) return signal.reason as Error;
  if (isSourceError(error)) return error;
  const fail = (kind: SourceErrorKind, message: string, hint: string) =>
    new SourceError({ source, kind, message, hint, cause: error });
  const code = errorCode(error);
  if (error instanceof BodyTooLarge || code === "ERR_BUFFER_TOO_LARGE") {
    return fail(
      "malformed",
      `${target} sent more than ${Math.floor(bodyLimit / MEBIBYTE)} MiB in one answer.`,
      "Read fewer namespaces or a shorter window, or narrow the query scope.",
    );
  }
  if (code.endsWith("_TIMEOUT") || code === "ETIMEDOUT") {
    return fail(
      "timeout",
      `${target} did not answer in time (${code}).`,
      "Is the address right, and does a firewall or network policy let us through?",
    );
  }
  if (code.startsWith("Z_")) {
    return fail(
      "malformed",
      `${target} sent a body that is not the gzip it claims to be (${code}).`,
      "Look at the proxies in between.",
    );
  }
  if (/CERT|SIGN|ISSUER|TLS|SSL/.test(code)) {
    return fail(
      "unreachable",
      `TLS with ${target} failed (${code}).`,
      "Set the CA file that signed its certificate, use a host name that it names, and https only where the server speaks it.",
    );
  }
  const message = error instanceof Error && error.message !== "" ? error.message : code;
  return fail("unreachable", `${target} cannot be reached: ${message}`, hintFor(code));
}

function hintFor(code: string): string {
  if (code === "ECONNREFUSED") return "Nothing listens there: is the server running, and the port right?";
  if (code === "ENOTFOUND" || code === "EAI_AGAIN")
    return "The host name does not resolve from here. A Service name only resolves inside its cluster.";
  return "The connection broke. If it happens again, look at the server's log and at proxies in between.";
}

/** The code of an error or of what caused it: "ECONNREFUSED", "UND_ERR_SOCKET"… */
export function errorCode(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string") return cause.code;
    if (cause instanceof AggregateError && cause.errors[0] instanceof Error) return errorCode(cause.errors[0]);
  }
  return "";
}
