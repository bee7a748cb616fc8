/** Starts the server: checks settings, builds when needed, listens, and stops cleanly on SIGTERM and SIGINT. */
import { readFileSync } from "node:fs";
import type { RequestListener, Server } from "node:http";
import type { Socket } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import open from "open";
import { createProxies } from "#lib/server/access/proxies.ts";
import { runningRuntime } from "#lib/server/running.ts";
import { loadSettings, type Settings } from "#lib/server/settings.ts";
import { askOwnServer } from "./askOwnServer.ts";
import { ensureBuild } from "./build.ts";
import { compressed } from "./compressed.ts";
import { type GuardSettings, guarded } from "./guarded.ts";
import { createHttpServer } from "./httpServer.ts";
import { ownCertificate } from "./ownCertificate.ts";
import { relocateBuild } from "./relocate.ts";
import { StartError } from "./startError.ts";
import { underBasePath } from "./underBasePath.ts";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DEFAULT_PORT = 3000;
/** Requests that have not ended by then are cut off. */
const STOP_MS = 3000;
/** How often connections are looked at whose request has just ended. */
const SWEEP_MS = 50;
/** Where a server that listens on every address is reached from this machine. */
const ANY_ADDRESS = new Map([
  ["0.0.0.0", "127.0.0.1"],
  ["::", "::1"],
]);

export type ServeOptions = {
  readonly port: string | undefined;
  readonly host: string | undefined;
  readonly dev: boolean;
  /** Open a browser, when a person sits at the terminal. */
  readonly open: boolean;
};

/**
 * Each reading of a large mesh leaves tens of megabytes of garbage, and V8 would rather take memory than collect it.
 * Growing by a fifth instead of up to fourfold between collections takes a third less memory at the same speed. The young
 * generation is sized by the npm scripts, since it cannot be changed in a running process. With 1,000 services the two,
 * and keeping fewer answers, made 338 MB of 569 (bench/reading.ts).
 */
const SPARING = "--heap-growing-percent=20";

/** Resolves when the server listens. Rejects with SettingsError or StartError. */
export async function serve(options: ServeOptions): Promise<void> {
  const settings = loadSettings(process.env);
  const { BASE_PATH: basePath } = settings;
  setFlagsFromString(SPARING);
  const port = parsePort(options.port);
  const hostname = options.host ?? (process.env["KUBERNETES_SERVICE_HOST"] === undefined ? "127.0.0.1" : "0.0.0.0");
  const certificate = ownCertificate(settings);
  const prepared = Promise.withResolvers<RequestListener>();
  // Requests may come while the build runs: Node forgets those that nobody listens for, and their clients wait for ever.
  const server = createHttpServer({
    listener: (request, response) => void prepared.promise.then((answer) => answer(request, response)),
    upgrades: options.dev,
    certificate: certificate?.current(),
  });
  certificate?.follow(server);
  const sockets = openSockets(server);
  await listen(server, port, hostname);
  const dir = options.dev ? developmentFolder(basePath) : productionFolder(basePath);
  // React and Next choose their production code by this variable when they are loaded, so they are loaded after it.
  Object.assign(process.env, { NODE_ENV: options.dev ? "development" : "production" });
  const { default: next } = await import("next");
  const app = next({ dev: options.dev, dir, hostname, port, httpServer: server });
  await app.prepare();
  const handle = app.getRequestHandler();
  const pages = compressed((request, response) => void handle(request, response));
  const answer = underBasePath(pages, basePath);
  prepared.resolve(guarded(answer, guardSettings(hostname, settings)));
  stopOnSignal(server, sockets);

  const address = server.address();
  const listening = typeof address === "object" && address !== null ? address.port : port;
  const url = `${urlOf(certificate === undefined ? "http" : "https", hostname, listening)}${basePath}`;
  // Next registers instrumentation with the first request at the latest: ready means that the runtime runs.
  await askOwnServer({ host: ANY_ADDRESS.get(hostname) ?? hostname, port: listening, path: "/readyz" }, certificate);
  certificate?.report();
  for (const notice of runningRuntime()?.notices ?? []) console.error(notice);
  console.log(`Meshscope is ready at ${url}`);
  // A machine without a browser is no error: the URL is printed.
  if (options.open && process.stdout.isTTY) await open(url).catch(() => {});
}

function guardSettings(hostname: string, settings: Settings): GuardSettings {
  const { ALLOWED_HOSTS: allowedHosts, BASE_PATH: basePath, PUBLIC_URL: publicUrl, TRUSTED_PROXIES: ranges } = settings;
  const publicHost = publicUrl === undefined ? undefined : new URL(publicUrl).hostname;
  return { hostname, allowedHosts, publicHost, basePath, proxies: createProxies(ranges) };
}

/** Pages are built as they are asked for; next.config.ts reads the variable. */
function developmentFolder(basePath: string): string {
  process.env["BUILT_FOR_BASE_PATH"] = basePath;
  return ROOT;
}

/** A copy of the build below `basePath`. Next takes its configuration from the variable, as in its own standalone server. */
function productionFolder(basePath: string): string {
  ensureBuild(ROOT);
  const folder = relocateBuild(ROOT, basePath);
  const { config } = JSON.parse(readFileSync(join(folder, ".next", "required-server-files.json"), "utf8")) as {
    config: unknown;
  };
  process.env["__NEXT_PRIVATE_STANDALONE_CONFIG"] = JSON.stringify(config);
  return folder;
}

function urlOf(scheme: "http" | "https", hostname: string, port: number): string {
  return `${scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

function parsePort(text: string | undefined): number {
  if (text === undefined || text === "") return DEFAULT_PORT;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new StartError(`PORT must be a number from 0 to 65535, not "${text}".`);
}

function listen(server: Server, port: number, hostname: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      reject(new StartError(listenProblem(error, port, hostname)));
    });
    server.listen(port, hostname, resolve);
  });
}

function listenProblem(error: NodeJS.ErrnoException, port: number, hostname: string): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} is taken. Choose another: PORT=${port + 1}`;
    case "EACCES":
      return `Port ${port} needs privileges. Choose one above 1023: PORT=3000`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `This machine has no address "${hostname}". Set HOST to one it has, such as 127.0.0.1`;
    default:
      return `Cannot listen on ${hostname}:${port}: ${error.message}`;
  }
}

/** The connections of a server, as they come and go. */
function openSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  return sockets;
}

/** Browsers connect in advance, and Node does not count a connection as idle that has not sent anything yet. */
function closeUnused(server: Server, sockets: ReadonlySet<Socket>): void {
  server.closeIdleConnections();
  for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
}

/** Ends open event streams, then sources, then the process: 0 when all went, 1 when something had to be cut off. */
function stopOnSignal(server: Server, sockets: ReadonlySet<Socket>): void {
  const stop = async () => {
    const deadline = setTimeout(() => process.exit(1), STOP_MS);
    const closed = new Promise((resolve) => {
      server.close(resolve);
    });
    await runningRuntime()?.close();
    const sweep = setInterval(() => closeUnused(server, sockets), SWEEP_MS);
    closeUnused(server, sockets);
    await closed;
    clearInterval(sweep);
    clearTimeout(deadline);
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void stop());
}
