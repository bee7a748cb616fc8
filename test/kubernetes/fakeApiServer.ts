/**
 * A Kubernetes API server for tests, over real HTTP or HTTPS: discovery, paged lists, watches with bookmarks, the service
 * proxy, port-forwards, users and their rights. `interfere` makes any request go wrong; the methods below disturb watches
 * that are open.
 *
 *   request ─▶ interfere ─▶ who? (callers.ts) ─▶ may they? (rbac.ts) ─▶ discoveryAnswers · reviews · pagedLists
 *                            401                  403                   · openWatches · objectRequests · proxy, forward
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { KindKey } from "#lib/domain/mesh/meshIndex.ts";
import type { AdmissionWebhook } from "./admission.ts";
import { readText, sendJson, sendStatus } from "./answers.ts";
import { type ApiRequest, describeRequest } from "./apiRequest.ts";
import { ADMINISTRATOR, bearerToken, certificateCaller, impersonated, known } from "./callers.ts";
import { answerDiscovery, type ServedKind, servedKinds } from "./discoveryAnswers.ts";
import { answerObject } from "./objectRequests.ts";
import { ObjectStore, type WireObject } from "./objectStore.ts";
import { OpenWatches } from "./openWatches.ts";
import { PagedLists } from "./pagedLists.ts";
import { type Caller, EVERY_RULE, type PathAttributes, type RbacAuthorizer, type ResourceAttributes } from "./rbac.ts";
import { answerReview, isReview } from "./reviews.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "./testCertificate.ts";

export type { ApiRequest } from "./apiRequest.ts";

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

type Options = {
  readonly tls?: boolean;
  /** Authority of the client certificates that are asked for; a certificate is a user by its common name. */
  readonly clientCa?: string;
};

export class FakeApiServer {
  readonly store = new ObjectStore();
  /** Every request since the start, in order. */
  readonly requests: ApiRequest[] = [];
  /** Tokens that are accepted, as an administrator's. Without these and without `users` everyone is one. */
  tokens: Set<string> | undefined;
  /** Who has which token. */
  readonly users = new Map<string, Caller>();
  /** Decides who may do what; undefined allows everything. */
  rbac: RbacAuthorizer | undefined;
  /** A second authorizer, whose rules cannot be listed: rules reviews say that they are incomplete. */
  webhook: RbacAuthorizer | undefined;
  /** Resources that are answered with 404, as on an older server: "authentication.k8s.io/selfsubjectreviews". */
  readonly unknown = new Set<string>();
  /** Kinds that are not served, as if their CRD were missing: "networking.istio.io/VirtualService". */
  readonly missing = new Set<string>();
  /** Versions in which a kind is served, the group's preferred one first; where not given, v1. */
  readonly versions = new Map<KindKey, readonly string[]>();
  /** Kubernetes before 1.26 knows no aggregated discovery. */
  aggregatesDiscovery = true;
  /** Asked before each request; a result other than undefined is done instead. */
  interfere: (request: ApiRequest) => Interference | undefined | Promise<Interference | undefined> = () => undefined;
  /** Asked before an object is written. */
  readonly admission: AdmissionWebhook[] = [];
  /** Answers what comes through the proxy of a Service or a pod. */
  proxy: ProxyHandler | undefined;
  /** Answers what comes through a port-forward to a pod. */
  forward: ForwardHandler | undefined;
  /** TCP connections accepted since the start. */
  connections = 0;

  readonly #server: Server;
  readonly #scheme: "http" | "https";
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "v4.channel.k8s.io" });
  readonly #watches = new OpenWatches(this.store);
  readonly #lists = new PagedLists(this.store);

  constructor({ tls, clientCa }: Options = {}) {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      this.#answer(request, response).catch((error: unknown) => response.destroy(error as Error));
    };
    const own = { key: TEST_KEY, cert: TEST_CERTIFICATE };
    const client = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: false };
    this.#scheme = tls === true ? "https" : "http";
    this.#server = tls === true ? createTlsServer({ ...own, ...client }, answer) : createServer(answer);
    this.#server.on("connection", () => (this.connections += 1));
    this.#server.on("upgrade", (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.#upgrade(incoming, socket, head).catch((error: unknown) => socket.destroy(error as Error));
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
    return this.#watches.count(plural);
  }

  /** Cuts the connections of open watches, as a network does. */
  dropWatches(): void {
    this.#watches.drop();
  }

  /** Ends open watches the way the server does after their timeout. */
  endWatches(): void {
    this.#watches.end();
  }

  /** Writes a line into every open watch of a resource. */
  say(plural: string, line: string): void {
    this.#watches.say(plural, line);
  }

  /** Tells every open watch how far the store is. */
  sendBookmarks(): void {
    this.#watches.sendBookmarks();
  }

  /** Continue tokens given out so far stop working, as after five minutes. */
  expireLists(): void {
    this.#lists.expire();
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { request, caller, url } = this.#received(incoming);
    const interference = await this.interfere(request);
    if (interference === "stall") return;
    if (interference === "drop") return void response.socket?.destroy();
    if (interference !== undefined && "status" in interference) {
      const { status, reason = "", message = "made to fail" } = interference;
      return sendStatus(response, status, reason, message);
    }
    if (interference !== undefined) return void response.end(interference.body);
    if (caller === undefined) return sendStatus(response, 401, "Unauthorized", "Unauthorized");
    if (typeof caller === "string") return sendStatus(response, 403, "Forbidden", caller);
    const refusal = this.#refusal(caller, request);
    if (refusal !== undefined) return sendStatus(response, 403, "Forbidden", refusal);
    await this.#answerAllowed(incoming, response, request, caller, url);
  }

  async #answerAllowed(
    incoming: IncomingMessage,
    response: ServerResponse,
    request: ApiRequest,
    caller: Caller,
    url: URL,
  ): Promise<void> {
    if (request.subresource === "proxy") return this.#answerProxy(incoming, response, url);
    if (request.resource === undefined) {
      const accept = this.aggregatesDiscovery ? (request.headers.accept ?? "") : "";
      return answerDiscovery(request.path, this.#served(), accept, response);
    }
    if (isReview(request) && !this.unknown.has(`${request.group}/${request.resource}`)) {
      const reviewer = {
        caller,
        callerOf: (token: string) => this.#callerOfToken(token),
        allows: (subject: Caller, attributes: ResourceAttributes | PathAttributes) => this.#allows(subject, attributes),
        rulesOf: (subject: Caller, namespace: string) => this.#rulesOf(subject, namespace),
      };
      const answer = answerReview(request, await readText(incoming), reviewer);
      return sendJson(response, answer, { code: 201 });
    }
    const kind = this.#served().find((candidate) => isOfKind(candidate, request));
    if (kind === undefined)
      return sendStatus(response, 404, "NotFound", "the server could not find the requested resource");
    if (request.verb === "list") return this.#lists.answer(kind, request, response);
    if (request.verb === "watch") return this.#watches.answer(kind, request, response);
    await answerObject({ kind, request, incoming, response, store: this.store, webhooks: this.admission });
  }

  async #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    socket.on("error", () => undefined);
    const { request, caller } = this.#received(incoming);
    const interference = await this.interfere(request);
    if (interference === "stall") return;
    if (interference === "drop") return void socket.destroy();
    const made = interference !== undefined && "status" in interference ? interference.status : undefined;
    const status = made ?? this.#upgradeRefusal(caller, request);
    if (status !== undefined)
      return void socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    this.#sockets.handleUpgrade(incoming, socket, head, (webSocket) => this.#answerForward(request, webSocket));
  }

  #upgradeRefusal(caller: Caller | string | undefined, request: ApiRequest): number | undefined {
    if (caller === undefined) return 401;
    return typeof caller === "string" || this.#refusal(caller, request) !== undefined ? 403 : undefined;
  }

  /** Reads and records a request. The caller is a text where they may not speak for whom they name. */
  #received(incoming: IncomingMessage): { request: ApiRequest; caller: Caller | string | undefined; url: URL } {
    const url = new URL(incoming.url ?? "/", "http://fake");
    const certificate = certificateCaller(incoming);
    const own = certificate ?? this.#callerOfToken(bearerToken(incoming));
    const caller = own && impersonated(own, incoming, this.#authorizers);
    const request = {
      ...describeRequest(incoming.method ?? "GET", url, incoming.headers),
      ...(typeof caller === "object" && { user: caller.user }),
      ...(certificate && { certificate: certificate.user }),
    };
    this.requests.push(request);
    return { request, caller, url };
  }

  #callerOfToken(token: string | undefined): Caller | undefined {
    if (this.tokens === undefined && this.users.size === 0) return ADMINISTRATOR;
    const user = this.users.get(token ?? "");
    if (user !== undefined) return known(user);
    return this.tokens?.has(token ?? "") === true ? ADMINISTRATOR : undefined;
  }

  get #authorizers(): RbacAuthorizer[] | undefined {
    return this.rbac && [this.rbac, ...(this.webhook === undefined ? [] : [this.webhook])];
  }

  #allows(caller: Caller, attributes: ResourceAttributes | PathAttributes): boolean {
    return this.#authorizers?.some((authorizer) => authorizer.authorize(caller, attributes)) ?? true;
  }

  #rulesOf(caller: Caller, namespace: string) {
    const rules = this.rbac?.grants(caller, namespace).map(({ rule }) => rule) ?? [EVERY_RULE];
    return { rules, incomplete: this.webhook !== undefined };
  }

  /** Why a request is refused, in the real server's words; undefined when it is not. */
  #refusal(
    caller: Caller,
    { verb, group, resource, subresource, namespace, name, path }: ApiRequest,
  ): string | undefined {
    if (group === undefined || resource === undefined)
      return this.#allows(caller, { verb, path })
        ? undefined
        : `forbidden: User "${caller.user}" cannot ${verb} path "${path}"`;
    const attributes = {
      verb,
      group,
      resource,
      ...(subresource !== undefined && { subresource }),
      ...(namespace !== undefined && { namespace }),
      ...(name !== undefined && { name }),
    };
    if (this.#allows(caller, attributes)) return undefined;
    const what = `${resource}${group === "" ? "" : `.${group}`}${name === undefined ? "" : ` "${name}"`}`;
    const full = subresource === undefined ? resource : `${resource}/${subresource}`;
    const where = namespace === undefined ? "at the cluster scope" : `in the namespace "${namespace}"`;
    return `${what} is forbidden: User "${caller.user}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`;
  }

  #answerForward({ name = "", query }: ApiRequest, socket: WebSocket): void {
    const port = Buffer.alloc(2);
    port.writeUInt16LE(Number(query["ports"]));
    for (const channel of [0, 1]) socket.send(Buffer.concat([Buffer.of(channel), port]));
    let request = "";
    socket.on("message", (frame: Buffer) => {
      request += frame.subarray(1).toString("utf8");
      if (!request.includes("\r\n\r\n")) return;
      const send = (bytes: string | Buffer): void => socket.send(Buffer.concat([Buffer.of(0), Buffer.from(bytes)]));
      this.forward?.({ pod: name, request, send, socket });
    });
  }

  #served(): ServedKind[] {
    return servedKinds(this.missing, this.versions);
  }

  async #answerProxy(incoming: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [, encoded = "", rest = ""] = /\/(?:services|pods)\/([^/]+)\/proxy(.*)$/.exec(url.pathname) ?? [];
    const service = decodeURIComponent(encoded);
    if (this.proxy === undefined)
      return sendStatus(response, 503, "ServiceUnavailable", `no endpoints available for service "${service}"`);
    const answer = this.proxy({
      service,
      path: `${rest}${url.search}`,
      method: incoming.method ?? "GET",
      headers: incoming.headers,
      body: await readText(incoming),
    });
    response.writeHead(answer.status, answer.headers).end(answer.body);
  }
}

/** Starts a fake API server that holds these objects. */
export async function startFakeApiServer(
  options: Options & { objects?: Iterable<WireObject> } = {},
): Promise<FakeApiServer> {
  const server = new FakeApiServer(options);
  for (const object of options.objects ?? []) server.store.put(object);
  await server.listen();
  return server;
}

function isOfKind(kind: ServedKind, { group, version = "", resource }: ApiRequest): boolean {
  return resource === kind.plural && group === kind.group && kind.versions.includes(version);
}
