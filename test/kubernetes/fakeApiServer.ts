/**
 * A Kubernetes API server for tests, over real HTTP or HTTPS: discovery, paged lists, watches with bookmarks, the service
 * proxy, port-forwards, bearer tokens. `interfere` makes any request go wrong; the methods below disturb watches that are open.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { gzipSync } from "node:zlib";
import { type WebSocket, WebSocketServer } from "ws";
import { MESH_KINDS, type MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { isOf, ObjectStore, type StoredEvent, type WireObject } from "./objectStore.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "./testCertificate.ts";

export type ApiRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage["headers"];
  /** Plural name of the resource asked for; undefined for discovery and proxies. */
  readonly resource?: string;
  readonly namespace?: string;
  readonly verb: "discover" | "list" | "watch" | "proxy" | "forward";
};

export type Interference =
  | { readonly status: number; readonly reason?: string; readonly message?: string }
  /** A 200 with this body, whatever it is. */
  | { readonly body: string }
  | "stall"
  | "drop";

export type ProxyHandler = (request: {
  /** "name:port" of the Service or pod. */
  readonly service: string;
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}) => { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string };

/** Plays kubelet and pod: `send` makes frames of the data channel, `request` is the HTTP request that came through. */
export type ForwardHandler = (forward: {
  readonly pod: string;
  readonly request: string;
  readonly send: (bytes: string | Buffer) => void;
  readonly socket: WebSocket;
}) => void;

type OpenWatch = {
  readonly kind: MeshKind;
  readonly namespace: string | undefined;
  readonly response: ServerResponse;
};

export class FakeApiServer {
  readonly store = new ObjectStore();
  /** Every request since the start, in order. */
  readonly requests: ApiRequest[] = [];
  /** Tokens that are accepted; undefined accepts everyone. */
  tokens: Set<string> | undefined;
  /** Kinds that are not served, as if their CRD were missing: "networking.istio.io/VirtualService". */
  readonly missing = new Set<string>();
  /** Asked before each request; a result other than undefined is done instead. */
  interfere: (request: ApiRequest) => Interference | undefined | Promise<Interference | undefined> = () => undefined;
  /** Answers what comes through the proxy of a Service or a pod. */
  proxy: ProxyHandler | undefined;
  /** Answers what comes through a port-forward to a pod. */
  forward: ForwardHandler | undefined;
  /** TCP connections accepted since the start. */
  connections = 0;

  readonly #server: Server;
  readonly #scheme: "http" | "https";
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "v4.channel.k8s.io" });
  readonly #watches = new Set<OpenWatch>();
  /** Lists under way, by continue token. */
  readonly #snapshots = new Map<string, { readonly version: number; readonly rest: readonly WireObject[] }>();
  #tokens = 0;

  constructor(options: { tls?: boolean } = {}) {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    };
    this.#scheme = options.tls === true ? "https" : "http";
    this.#server =
      options.tls === true ? createTlsServer({ key: TEST_KEY, cert: TEST_CERTIFICATE }, answer) : createServer(answer);
    this.#server.on("connection", () => (this.connections += 1));
    this.#server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(incoming, socket, head).catch((error: unknown) => socket.destroy(error as Error));
    });
    this.store.onEvent((event) => {
      for (const watch of this.#watches) sendEvent(watch, event);
    });
  }

  /** Begins to listen; on the port given, or on a free one. */
  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  /** Stops listening and cuts every connection. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    for (const socket of this.#sockets.clients) socket.terminate();
    await closed;
  }

  /** How many port-forwards are open. */
  get forwardCount(): number {
    return this.#sockets.clients.size;
  }

  /** How many watches are open: of one resource, or of all. */
  watchCount(plural?: string): number {
    return [...this.#watches].filter((watch) => plural === undefined || watch.kind.plural === plural).length;
  }

  /** Cuts the connections of open watches, as a network does. */
  dropWatches(): void {
    for (const { response } of this.#watches) response.socket?.destroy();
    this.#watches.clear();
  }

  /** Ends open watches the way the server does after their timeout. */
  endWatches(): void {
    for (const { response } of this.#watches) response.end();
    this.#watches.clear();
  }

  /** Writes a line into every open watch of a resource. */
  say(plural: string, line: string): void {
    for (const { kind, response } of this.#watches) if (kind.plural === plural) response.write(`${line}\n`);
  }

  /** Tells every open watch how far the store is. */
  sendBookmarks(): void {
    for (const { kind, response } of this.#watches) {
      const object = {
        apiVersion: apiVersionOf(kind),
        kind: kind.kind,
        metadata: { resourceVersion: String(this.store.version) },
      };
      response.write(`${JSON.stringify({ type: "BOOKMARK", object })}\n`);
    }
  }

  /** Continue tokens given out so far stop working, as after five minutes. */
  expireLists(): void {
    this.#snapshots.clear();
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(incoming.url ?? "/", "http://fake");
    const request = describeRequest(incoming, url);
    this.requests.push(request);
    const interference = await this.interfere(request);
    if (interference === "stall") return;
    if (interference === "drop") return void response.socket?.destroy();
    if (interference !== undefined && "status" in interference) {
      const { status, reason = "", message = "made to fail" } = interference;
      return sendStatus(response, status, reason, message);
    }
    if (interference !== undefined) return void response.end(interference.body);
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (this.tokens !== undefined && !this.tokens.has(token ?? ""))
      return sendStatus(response, 401, "Unauthorized", "Unauthorized");
    if (request.verb === "proxy") return this.#answerProxy(incoming, response, url);
    if (request.verb === "discover") return this.#answerDiscovery(request.path, response);
    const kind = this.#served().find((candidate) => isCollectionOf(candidate, request));
    if (kind === undefined)
      return sendStatus(response, 404, "NotFound", "the server could not find the requested resource");
    if (request.verb === "list") return this.#answerList(kind, request, response);
    this.#answerWatch(kind, request, response);
  }

  async #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => undefined);
    const request = describeRequest(incoming, new URL(incoming.url ?? "/", "http://fake"));
    this.requests.push(request);
    const interference = await this.interfere(request);
    if (interference === "stall") return;
    if (interference === "drop") return void socket.destroy();
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1];
    const isKnown = this.tokens === undefined || this.tokens.has(token ?? "");
    const made = interference !== undefined && "status" in interference ? interference.status : undefined;
    const refusal = made ?? (isKnown ? undefined : 401);
    if (refusal !== undefined)
      return void socket.end(`HTTP/1.1 ${refusal} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    this.#sockets.handleUpgrade(incoming, socket, head, (webSocket) => this.#answerForward(request, webSocket));
  }

  #answerForward({ path, query }: ApiRequest, socket: WebSocket): void {
    const [, pod = ""] = /\/pods\/([^/]+)\/portforward$/.exec(path) ?? [];
    const port = Buffer.alloc(2);
    port.writeUInt16LE(Number(query["ports"]));
    for (const channel of [0, 1]) socket.send(Buffer.concat([Buffer.of(channel), port]));
    let request = "";
    socket.on("message", (frame: Buffer) => {
      request += frame.subarray(1).toString("utf8");
      if (!request.includes("\r\n\r\n")) return;
      const send = (bytes: string | Buffer): void => socket.send(Buffer.concat([Buffer.of(0), Buffer.from(bytes)]));
      this.forward?.({ pod: decodeURIComponent(pod), request, send, socket });
    });
  }

  #served(): MeshKind[] {
    return MESH_KINDS.filter(({ group, kind }) => !this.missing.has(`${group}/${kind}`));
  }

  #answerDiscovery(path: string, response: ServerResponse): void {
    const kinds = this.#served();
    if (path === "/apis") {
      const groups = [...new Set(kinds.map(({ group }) => group))].filter((group) => group !== "");
      return sendJson(response, {
        kind: "APIGroupList",
        apiVersion: "v1",
        groups: groups.map((name) => {
          const version = { groupVersion: `${name}/v1`, version: "v1" };
          return { name, versions: [version], preferredVersion: version };
        }),
      });
    }
    const groupVersion = path.replace(/^\/apis?\//, "");
    const resources = kinds.filter((kind) => apiVersionOf(kind) === groupVersion);
    if (resources.length === 0) return sendStatus(response, 404, "NotFound", "no such group");
    sendJson(response, {
      kind: "APIResourceList",
      apiVersion: "v1",
      groupVersion,
      resources: resources.flatMap(({ plural, kind, namespaced }) => [
        { name: plural, kind, namespaced, verbs: ["create", "get", "list", "watch"] },
        { name: `${plural}/status`, kind, namespaced, verbs: ["get"] },
      ]),
    });
  }

  #answerList(kind: MeshKind, request: ApiRequest, response: ServerResponse): void {
    const { limit, continue: token } = request.query;
    const snapshot =
      token === undefined
        ? {
            version: this.store.version,
            rest: selectFields(this.store.list(kind.group, kind.kind, request.namespace), request),
          }
        : this.#snapshots.get(token);
    if (snapshot === undefined)
      return sendStatus(response, 410, "Expired", "The provided continue parameter is too old");
    const size = limit === undefined ? snapshot.rest.length : Number(limit);
    const rest = snapshot.rest.slice(size);
    const next = rest.length === 0 ? undefined : `page-${(this.#tokens += 1)}`;
    if (next !== undefined) this.#snapshots.set(next, { version: snapshot.version, rest });
    sendJson(
      response,
      {
        kind: `${kind.kind}List`,
        apiVersion: apiVersionOf(kind),
        metadata: { resourceVersion: String(snapshot.version), ...(next !== undefined && { continue: next }) },
        // Items of a list do not repeat their type.
        items: snapshot.rest.slice(0, size).map(({ apiVersion: _apiVersion, kind: _kind, ...item }) => item),
      },
      request.headers["accept-encoding"]?.includes("gzip"),
    );
  }

  #answerWatch(kind: MeshKind, request: ApiRequest, response: ServerResponse): void {
    const from = Number(request.query["resourceVersion"] ?? 0);
    const missed = this.store.since(from, kind.group, kind.kind, request.namespace);
    if (missed === undefined) return sendStatus(response, 410, "Expired", `too old resource version: ${from}`);
    const watch: OpenWatch = { kind, namespace: request.namespace, response };
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
    for (const event of missed) sendEvent(watch, event);
    this.#watches.add(watch);
    response.on("close", () => this.#watches.delete(watch));
  }

  async #answerProxy(incoming: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [, service = "", rest = ""] = /\/(?:services|pods)\/([^/]+)\/proxy(.*)$/.exec(url.pathname) ?? [];
    if (this.proxy === undefined) {
      return sendStatus(
        response,
        503,
        "ServiceUnavailable",
        `no endpoints available for service "${decodeURIComponent(service)}"`,
      );
    }
    let body = "";
    for await (const chunk of incoming) body += String(chunk);
    const answer = this.proxy({
      service: decodeURIComponent(service),
      path: `${rest}${url.search}`,
      method: incoming.method ?? "GET",
      headers: incoming.headers,
      body,
    });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}

/** Starts a fake API server that holds these objects. */
export async function startFakeApiServer(
  options: { tls?: boolean; objects?: Iterable<WireObject> } = {},
): Promise<FakeApiServer> {
  const server = new FakeApiServer(options);
  for (const object of options.objects ?? []) server.store.put(object);
  await server.listen();
  return server;
}

function apiVersionOf({ group }: MeshKind): string {
  return group === "" ? "v1" : `${group}/v1`;
}

const COLLECTION = /^\/(?:api\/v1|apis\/[^/]+\/[^/]+)\/(?:namespaces\/([^/]+)\/)?([^/]+)$/;

function describeRequest({ method = "GET", headers }: IncomingMessage, url: URL): ApiRequest {
  const query = Object.fromEntries(url.searchParams);
  const path = url.pathname;
  const base = { method, path, query, headers };
  const [, proxied] = /^\/api\/v1\/namespaces\/([^/]+)\/(?:services|pods)\/[^/]+\/proxy(\/|$)/.exec(path) ?? [];
  if (proxied !== undefined) return { ...base, namespace: decodeURIComponent(proxied), verb: "proxy" };
  if (/\/pods\/[^/]+\/portforward$/.test(path)) return { ...base, verb: "forward" };
  const [, namespace, resource] = COLLECTION.exec(path) ?? [];
  if (resource === undefined) return { ...base, verb: "discover" };
  return {
    ...base,
    resource,
    ...(namespace !== undefined && { namespace: decodeURIComponent(namespace) }),
    verb: query["watch"] === "true" ? "watch" : "list",
  };
}

function isCollectionOf(kind: MeshKind, { path, resource }: ApiRequest): boolean {
  const root = kind.group === "" ? "/api/v1/" : `/apis/${kind.group}/v1/`;
  return resource === kind.plural && path.startsWith(root);
}

function selectFields(objects: WireObject[], { query }: ApiRequest): WireObject[] {
  const name = /^metadata\.name=(.+)$/.exec(query["fieldSelector"] ?? "")?.[1];
  return name === undefined ? objects : objects.filter((object) => object.metadata.name === name);
}

function sendEvent({ kind, namespace, response }: OpenWatch, { type, object }: StoredEvent): void {
  if (isOf(object, kind.group, kind.kind, namespace)) response.write(`${JSON.stringify({ type, object })}\n`);
}

function sendStatus(response: ServerResponse, code: number, reason: string, message: string): void {
  response.statusCode = code;
  sendJson(response, { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message });
}

function sendJson(response: ServerResponse, value: unknown, mayCompress = false): void {
  const body = JSON.stringify(value);
  response.setHeader("content-type", "application/json");
  // The real one compresses from 128 KB.
  if (!mayCompress || body.length < 128 * 1024) return void response.end(body);
  response.setHeader("content-encoding", "gzip");
  response.end(gzipSync(body, { level: 1 }));
}
