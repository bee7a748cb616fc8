/** The API's routes over real HTTP, as the guard and Next serve them, without Next: for tests that need no pages. */
import { glob } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";
import { guarded } from "#cli/guarded.ts";
import { createProxies } from "#lib/server/access/proxies.ts";

type RouteHandler = (request: Request, context: { params: Promise<Record<string, string[]>> }) => Promise<Response>;
export type RouteModule = Partial<Record<string, RouteHandler>>;
export type Route = { readonly path: string; readonly pattern: RegExp; readonly handlers: RouteModule };

/** Every route of app/. */
export async function allRoutes(): Promise<Route[]> {
  const routes: Route[] = [];
  for await (const file of glob("app/**/route.ts")) {
    const path = file.replace(/^app/, "").replace(/\/route\.ts$/, "");
    const source = path
      .replace(/\/\[\[\.\.\.\w+\]\]/, "(/.*)?")
      .replace(/\/\[\.\.\.\w+\]/, "(/.+)")
      .replaceAll(/\[\w+\]/g, "([^/]+)");
    const handlers = (await import(pathToFileURL(file).href)) as RouteModule;
    routes.push({ path, pattern: new RegExp(`^${source}$`), handlers });
  }
  // Catch-alls come last, as in Next.
  return routes.sort((one, other) => Number(one.path.includes("[...")) - Number(other.path.includes("[...")));
}

export type RouteServer = { readonly url: string; readonly routes: readonly Route[]; close(): Promise<void> };

/**
 * Serves the routes on a free port of this machine, or on `port`; the runtime must have been started. `trusted` are
 * addresses of proxies.
 */
export async function startRouteServer(port = 0, trusted?: readonly string[]): Promise<RouteServer> {
  const routes = await allRoutes();
  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? "/", `http://${incoming.headers.host}`);
    const found = routes.find(({ pattern }) => pattern.test(url.pathname));
    const handler = found?.handlers[incoming.method ?? "GET"];
    if (handler === undefined) return void response.writeHead(found === undefined ? 404 : 405).end();
    const rest = found?.pattern.exec(url.pathname)?.[1]?.split("/").filter(Boolean) ?? [];
    const answered = await handler(requestOf(incoming, response, url), { params: Promise.resolve({ pod: rest }) });
    response.statusCode = answered.status;
    for (const [name, value] of answered.headers) if (name !== "set-cookie") response.setHeader(name, value);
    const cookies = answered.headers.getSetCookie();
    if (cookies.length > 0) response.setHeader("set-cookie", cookies);
    if (answered.body === null) return void response.end();
    await pipeline(Readable.fromWeb(answered.body as Parameters<typeof Readable.fromWeb>[0]), response).catch(() => {});
  };
  const server = createServer(
    guarded((incoming, response) => void answer(incoming, response), {
      hostname: "127.0.0.1",
      allowedHosts: undefined,
      proxies: createProxies(trusted),
    }),
  );
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    routes,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function requestOf(incoming: IncomingMessage, response: ServerResponse, url: URL): Request {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    for (const one of [value ?? []].flat()) headers.append(name, one);
  }
  const method = incoming.method ?? "GET";
  const init = { method, headers, signal: gone.signal };
  if (method === "GET" || method === "HEAD") return new Request(url, init);
  return new Request(url, {
    ...init,
    body: Readable.toWeb(incoming) as ReadableStream<Uint8Array>,
    duplex: "half",
  } as RequestInit);
}
