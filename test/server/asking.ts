/** Requests as the server sees them, without a socket: for tests of what decides by headers and connection. */
import { inRequest, type RequestContext } from "#lib/server/requestContext.ts";

/** A browser that keeps the cookies it is sent. `origin` is where its pages come from. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly origin: string;
  readonly context: RequestContext;

  constructor(origin = "http://mesh.example", context: Partial<RequestContext> = {}) {
    this.origin = origin;
    const { peer = "203.0.113.9" } = context;
    this.context = { id: "test", peer, network: peer, encrypted: false, repeatedHeaders: [], ...context };
  }

  request(path = "/", init: RequestInit = {}): Request {
    const headers = new Headers(init.headers);
    if (!headers.has("host")) headers.set("host", new URL(this.origin).host);
    const pairs = [...this.cookies].map(([name, value]) => `${name}=${value}`);
    if (pairs.length > 0) headers.set("cookie", pairs.join("; "));
    return new Request(`${this.origin}${path}`, { ...init, headers });
  }

  /** Runs code as if it answered a request of this browser, and keeps the cookies of the answer. */
  async ask<Result>(
    answer: (request: Request, cookies: Headers) => Result,
    request = this.request(),
  ): Promise<Awaited<Result>> {
    const cookies = new Headers();
    try {
      return await inRequest(this.context, () => answer(request, cookies));
    } finally {
      this.take(cookies);
    }
  }

  take(answer: Headers): void {
    for (const text of answer.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      if (/; Max-Age=0(;|$)/i.test(text)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
  }

  /** The same cookies in another browser: somebody copied them. */
  copy(): Browser {
    const other = new Browser(this.origin, this.context);
    for (const [name, value] of this.cookies) other.cookies.set(name, value);
    return other;
  }
}
