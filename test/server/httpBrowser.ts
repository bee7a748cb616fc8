/** A browser without a screen: keeps cookies by host and follows no redirect by itself. */

export class HttpBrowser {
  readonly cookies = new Map<string, Map<string, string>>();

  /** Cookies of a server's host. Ports share them, as in browsers. */
  jar(url: string): Map<string, string> {
    const { hostname } = new URL(url);
    const known = this.cookies.get(hostname) ?? new Map<string, string>();
    this.cookies.set(hostname, known);
    return known;
  }

  async fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    const jar = this.jar(url);
    headers.set("cookie", [...jar].map(([name, value]) => `${name}=${value}`).join("; "));
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const text of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(text) ?? [];
      const isOver = /; max-age=0(;|$)/i.test(text) || /; expires=Thu, 01 Jan 1970/i.test(text);
      if (isOver) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  /** Sends JSON as our pages do. */
  send(method: string, url: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const type = body === undefined ? {} : { "content-type": "application/json" };
    return this.fetch(url, {
      method,
      headers: { origin: new URL(url).origin, ...type, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Follows redirects, also across hosts, until something else is answered; gives that and every address on the way. */
  async follow(url: string): Promise<{ readonly response: Response; readonly visited: readonly string[] }> {
    const visited = [url];
    let response = await this.fetch(url);
    for (let hop = 0; hop < 20; hop += 1) {
      const location = response.headers.get("location");
      if (location === null || response.status < 300 || response.status > 399) break;
      const next = new URL(location, visited.at(-1)).href;
      visited.push(next);
      response = await this.fetch(next);
    }
    return { response, visited };
  }

  copy(): HttpBrowser {
    const other = new HttpBrowser();
    for (const [host, jar] of this.cookies) other.cookies.set(host, new Map(jar));
    return other;
  }
}
