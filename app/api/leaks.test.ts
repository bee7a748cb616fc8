/**
 * Every route, asked by viewers who may see a part of the demo mesh and know the names of the rest: nothing hidden is in any
 * answer, its headers or its problem document, and what is hidden is answered as what does not exist.
 *
 * Routes are found in app/; their parameters in OpenAPI. One that is new fails here until test/leaks/requests.ts says what it
 * is asked.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CSRF_HEADER } from "#lib/api/session.ts";
import type { Sight } from "#lib/domain/access/sight.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import { DETAILS } from "#lib/domain/telemetry/reports.ts";
import { type ClusterSource, SourceError, type TelemetrySource } from "#lib/ports.ts";
import { ANONYMOUS } from "#lib/server/access/accessControl.ts";
import { keepRuntime, type Runtime } from "#lib/server/running.ts";
import { startRuntime } from "#lib/server/runtime.ts";
import { TelemetryReader } from "#lib/server/telemetryReader.ts";
import { demoAtRest, NOON, never } from "#test/builders/demo.ts";
import { sightOf } from "#test/builders/sights.ts";
import { type HiddenTexts, hiddenTexts } from "#test/leaks/hiddenTexts.ts";
import { type Asked, type Names, requestsTo } from "#test/leaks/requests.ts";
import { findRoutes, type Route } from "#test/leaks/routes.ts";
import { Browser } from "#test/server/asking.ts";

const HIDDEN: Names = {
  cluster: "primary",
  namespace: "travel-agency",
  workload: "payments-v1",
  service: "payments",
  own: "bookinfo",
};
/** As HIDDEN, of which nothing exists. As long, so that lengths tell nothing either. */
const NOWHERE: Names = { ...HIDDEN, namespace: "nowhere-there", workload: "nobodyyy-v1", service: "nobodyyy" };

const VIEWERS: Readonly<Record<string, Sight>> = {
  "two namespaces": sightOf({ primary: { bookinfo: "all", "travel-control": "all" } }),
  "a namespace that others call": sightOf({ primary: { orders: "all" } }),
  "one kind of one namespace": sightOf({ primary: { orders: ["/Service"] } }),
  "the smaller cluster": sightOf({ west: { "*": "all" } }),
  nothing: sightOf({}),
};

const SECRET = "http://prometheus.secret-place.internal:9090";
const failure = new SourceError({
  source: SECRET,
  kind: "unreachable",
  message: `${SECRET} refused namespace ${HIDDEN.namespace} of cluster west`,
  hint: `Look at ${SECRET}`,
});

let running: Runtime;
let routes: readonly Route[];
let tables: readonly EdgeTable[];
let mesh: ReturnType<typeof demoAtRest>["mesh"];

beforeAll(async () => {
  const started = await startRuntime({
    MESHSCOPE_DEMO: "true",
    MESHSCOPE_DEMO_TIME: new Date(NOON * 1000).toISOString(),
    NODE_ENV: "test",
    MESHSCOPE_LOG_LEVEL: "fatal",
    MESHSCOPE_REQUESTS_PER_MINUTE: "1000000",
    MESHSCOPE_HEALTH_RATE: `[{"namespace":"${HIDDEN.namespace}","tolerance":[{"code":"500","failure":5}]}]`,
  });
  const { demoMetrics: _simulated, ...rest } = started;
  // What the audit log has is told to nobody who asks.
  running = { ...rest, clusters: started.clusters, audit: () => {} };
  mesh = demoAtRest().mesh;
  const read = (windowSeconds: number) => started.telemetry.rates({ windowSeconds, details: DETAILS }, never);
  tables = (await Promise.all([read(300), read(86_400)])).map(({ table }) => table);
  routes = await findRoutes();
});
afterAll(async () => {
  await mesh.close();
  await running.close();
});

function actAs(sight: Sight, changes: Partial<Runtime> = {}): void {
  const access = { viewerOf: async () => ANONYMOUS, sightOf: async () => sight };
  keepRuntime({ ...running, ...changes, access });
}

/** Status, headers and body as one text. A stream is read until there is nothing more to say. */
async function answerTo(route: Route, { url, init, params }: Asked): Promise<{ text: string; status: number }> {
  const browser = new Browser();
  const left = new AbortController();
  const headers = new Headers(init?.headers);
  if (init?.method !== undefined) headers.set(CSRF_HEADER, running.forgery.proofFor(ANONYMOUS));
  const request = browser.request(url, { ...init, headers, signal: left.signal });
  const response = await browser.ask(() => route.answer(request, { params: Promise.resolve(params) }), request);
  if (response.headers.get("content-type") === "text/event-stream") {
    for (const { cluster } of running.clusters) running.events.publish({ type: "configuration", cluster, version: 3 });
    running.events.publish({ type: "telemetry", atSeconds: NOON });
    setTimeout(() => left.abort(), 20);
  }
  if (response.status === 429) throw new Error("Too many requests: an answer that is refused shows nothing");
  const sent = [...response.headers].map(([name, value]) => `${name}: ${value}`);
  return { text: [response.status, ...sent, await response.text()].join("\n"), status: response.status };
}

/** Leaks of all requests to all routes, as sentences; names that a request itself holds may come back. */
async function leaksOf(hidden: HiddenTexts, extra: readonly string[] = []): Promise<string[]> {
  const leaks = new Map<string, string>();
  for (const route of routes) {
    if (route.name === "GET /api/v1/openapi.json") continue;
    for (const asked of requestsTo(route, NOON, HIDDEN)) {
      const { text } = await answerTo(route, asked);
      const body = typeof asked.init?.body === "string" ? asked.init.body : "";
      const said = new Set(hidden.in(`${asked.url.replaceAll("+", " ")} ${body}`));
      for (const name of [...hidden.in(text), ...extra.filter((word) => text.includes(word))]) {
        const leak = `${route.name} tells ${name}`;
        if (!said.has(name) && !leaks.has(leak)) leaks.set(leak, asked.url);
      }
    }
  }
  return [...leaks].map(([leak, url]) => `${leak}, for example when asked ${url}`);
}

describe("the routes of the product", () => {
  it("are all asked", () => {
    expect(routes.length).toBeGreaterThan(10);
    for (const route of routes) expect(requestsTo(route, NOON, HIDDEN).length).toBeGreaterThan(0);
  });

  it("are asked what they answer: refusals alone would show nothing", async () => {
    actAs(VIEWERS["two namespaces"] ?? sightOf({}));
    for (const route of routes.filter(({ name, parameters }) => name.startsWith("GET ") && parameters !== undefined)) {
      const [first] = requestsTo(route, NOON, HIDDEN);
      // What is about one thing is asked about a hidden one first.
      expect([200, 403], route.name).toContain(first && (await answerTo(route, first)).status);
    }
  });

  it("describe themselves in words that do not depend on who asks", async () => {
    const route = routes.find(({ name }) => name === "GET /api/v1/openapi.json");
    if (route === undefined) throw new Error("no route describes the API");
    const texts = [];
    for (const sight of [VIEWERS.nothing, VIEWERS["two namespaces"]]) {
      actAs(sight ?? sightOf({}));
      texts.push((await answerTo(route, { url: "/api/v1/openapi.json" })).text);
    }
    expect(texts[0]).toBe(texts[1]);
  });
});

describe.each(Object.entries(VIEWERS))("a viewer who may see %s", (_, sight) => {
  const hiddenNow = (clusters: readonly ClusterSource[] = running.clusters) => hiddenTexts(sight, clusters, tables);

  it("reads nothing that is hidden in any answer", async () => {
    actAs(sight);
    const hidden = hiddenNow();
    expect(hidden.all.size).toBeGreaterThan(50);
    expect(await leaksOf(hidden)).toEqual([]);
  }, 60_000);

  it("reads nothing that is hidden, and no address, while sources fail", async () => {
    const source: TelemetrySource = {
      ...mesh.telemetry,
      readRates: () => Promise.reject(failure),
      readSeries: () => Promise.reject(failure),
    };
    const telemetry = new TelemetryReader({ source, clock: running.clock, stepSeconds: 15, random: () => 0 });
    const clusters = running.clusters.map(lost);
    actAs(sight, { telemetry, clusters });
    expect(await leaksOf(hiddenNow(), ["secret-place"])).toEqual([]);
  }, 60_000);

  it("reads nothing that is hidden in warnings and odd rows", async () => {
    const warning = { code: "partial", message: `${SECRET} lacks ${HIDDEN.namespace}`, hint: `west at ${SECRET}` };
    const quality = { problem: "bad-value" as const, rows: 3, examples: [`${HIDDEN.namespace}/payments-v1`] };
    const source: TelemetrySource = {
      ...mesh.telemetry,
      describe: async (signal) => ({
        ...(await mesh.telemetry.describe(signal)),
        name: SECRET,
        foundBy: `Service ${HIDDEN.namespace}/prometheus`,
      }),
      readRates: async (moment, signal) => ({
        ...(await mesh.telemetry.readRates(moment, signal)),
        warnings: [warning, { ...warning, code: "never-heard-of" }],
        quality: [quality],
      }),
      readLatency: () => Promise.reject(failure),
      readDetails: () => Promise.reject(failure),
      readSeries: async (request, signal) => ({
        ...(await mesh.telemetry.readSeries(request, signal)),
        warnings: [warning],
      }),
    };
    const telemetry = new TelemetryReader({ source, clock: running.clock, stepSeconds: 15, random: () => 0 });
    actAs(sight, { telemetry });
    expect(await leaksOf(hiddenNow(), ["secret-place"])).toEqual([]);
  }, 60_000);

  it("is answered about what is hidden as about what does not exist", async () => {
    actAs(sight);
    for (const route of routes.filter(({ parameters }) => parameters !== undefined)) {
      const [hidden, nowhere] = [requestsTo(route, NOON, HIDDEN), requestsTo(route, NOON, NOWHERE)];
      for (const [at, asked] of hidden.entries()) {
        const other = nowhere[at];
        if (other === undefined || asked.url === other.url || isOwn(sight)) continue;
        const texts = [await answerTo(route, asked), await answerTo(route, other)];
        expect(anonymous(texts[0]?.text), asked.url).toBe(anonymous(texts[1]?.text));
      }
    }
  }, 60_000);
});

/** Whether what HIDDEN names exists for the viewer: then it is answered, of course. */
function isOwn({ clusters }: Sight): boolean {
  return clusters === "everything" || [...clusters.values()].some(({ everyNamespace }) => everyNamespace);
}

/** The answer without the names that were asked for; an ETag is a hash of them. */
function anonymous(text = ""): string {
  return [HIDDEN, NOWHERE]
    .flatMap(({ namespace, workload, service }) => [namespace, workload, service])
    .reduce((left, name) => left.replaceAll(name, "…"), text)
    .replaceAll(/^etag: .*$/gm, "");
}

/** The cluster with all that it knows, which fails and says so with names. */
function lost(source: ClusterSource): ClusterSource {
  return {
    ...source,
    cluster: source.cluster,
    snapshot: () => ({
      ...source.snapshot(),
      status: {
        state: "failing",
        sinceSeconds: NOON,
        kind: "unreachable",
        message: `${SECRET} of ${HIDDEN.namespace}`,
        hint: `Look at ${SECRET}`,
      },
      kinds: [{ group: "", kind: "Pod", state: "denied", message: `${SECRET} forbids ${HIDDEN.namespace}` }],
    }),
  };
}
