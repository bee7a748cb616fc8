/** Loaders as several viewers of the demo mesh call them. */
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { EVERYTHING, type Sight } from "#lib/domain/access/sight.ts";
import { SourceError, type TelemetrySource } from "#lib/ports.ts";
import { demoAtRest, NOON, never } from "#test/builders/demo.ts";
import { sightOf } from "#test/builders/sights.ts";
import { ANONYMOUS, openAccess } from "./access/accessControl.ts";
import type { Viewer } from "./access/viewer.ts";
import { EventHub } from "./eventHub.ts";
import { loadNamespaces } from "./loadNamespaces.ts";
import { loadReading, type ReadingSources } from "./loadReading.ts";
import { loadSeries } from "./loadSeries.ts";
import { ProblemError } from "./problemError.ts";
import { loadSettings } from "./settings.ts";
import { streamEvents } from "./streamEvents.ts";
import { TelemetryReader } from "./telemetryReader.ts";

const demo = demoAtRest();
const sights = new Map<string, Sight>([
  ["everything", EVERYTHING],
  ["bookinfo", sightOf({ primary: { bookinfo: "all" } })],
  ["bookinfo's twin", sightOf({ primary: { bookinfo: "all" } })],
  ["services only", sightOf({ primary: { bookinfo: ["/Service"] } })],
  ["nothing", sightOf({})],
]);
const viewer = (name: string): Viewer => ({ ...ANONYMOUS, id: name });

function sourcesOf(source: TelemetrySource = demo.mesh.telemetry): ReadingSources {
  return {
    telemetry: new TelemetryReader({ source, clock: demo.clock, stepSeconds: 15, random: () => 0 }),
    clusters: demo.mesh.clusters,
    clusterSearch: undefined,
    access: { ...openAccess, sightOf: async ({ id }) => sights.get(id) ?? sightOf({}) },
    clock: demo.clock,
    settings: loadSettings({
      MESHSCOPE_HEALTH_RATE: '[{"namespace":"travel-.*","tolerance":[{"code":"500","failure":5}]}]',
    }),
  };
}

const query = { windowSeconds: 300, details: [], labels: true };
const range = { startSeconds: NOON - 600, endSeconds: NOON, stepSeconds: 60, direction: "inbound" as const };
let running: ReadingSources;
beforeEach(() => {
  running = sourcesOf();
});
afterAll(() => demo.mesh.close());

async function read(name: string) {
  return loadReading(running, viewer(name), query, never);
}

describe("a reading", () => {
  it("is kept under a key that viewers with other rights do not share, and those with the same do", async () => {
    const [all, one, twin] = [await read("everything"), await read("bookinfo"), await read("bookinfo's twin")];
    expect(one.key).not.toBe(all.key);
    expect(twin.key).toBe(one.key);
  });

  it("is kept under another key when clusters changed, also where their versions add up to the same", async () => {
    const withVersions = (...versions: number[]) =>
      demo.mesh.clusters.map((source, at) => ({
        ...source,
        snapshot: () => ({ ...source.snapshot(), version: versions[at] ?? 0 }),
      }));
    const keyOf = async (clusters: ReadingSources["clusters"]) =>
      (await loadReading({ ...running, clusters }, viewer("everything"), query, never)).key;
    const before = withVersions(5, 5);
    expect(await keyOf(before)).toBe(await keyOf(before));
    expect(await keyOf(withVersions(6, 4))).not.toBe(await keyOf(before));
  });

  it("has one table and one node table for viewers with the same rights", async () => {
    const [one, twin] = [(await read("bookinfo")).reading, (await read("bookinfo's twin")).reading];
    expect(twin.edges).toBe(one.edges);
    expect(twin.mesh).toBe(one.mesh);
  });

  it("is whole, and says nothing of being cut, for who sees everything", async () => {
    const { reading } = await read("everything");
    expect(reading.edges.withheld).toBeUndefined();
    expect(reading.warnings.map(({ code }) => code)).not.toContain("partial-view");
    expect(reading.health.rate).toHaveLength(1);
  });

  it("names the visible namespace only, and says that it is a part", async () => {
    const { reading } = await read("bookinfo");
    expect(reading.mesh.namespaces.map(({ name }) => name)).toEqual(["bookinfo"]);
    expect(reading.warnings[0]).toMatchObject({
      code: "partial-view",
      message: "You see 1 namespace; calls from and to others are shown as inaccessible.",
    });
    expect(reading.health.rate).toEqual([]);
  });

  it("has the kinds that may be listed, and does not know what is missing of others", async () => {
    const { reading } = await read("services only");
    expect(reading.mesh.workloads).toEqual([]);
    expect(reading.mesh.services.length).toBeGreaterThan(3);
    expect(reading.mesh.services.flatMap(({ flags, workloads }) => [...flags, ...workloads])).toEqual([]);
    expect(reading.mesh.namespaces[0]?.unlisted).toEqual(["workloads"]);
  });

  it("is empty, and says why, for who sees no namespace", async () => {
    const { reading } = await read("nothing");
    expect(reading.edges.edges.source).toEqual([]);
    expect(reading.warnings[0]?.code).toBe("no-namespace-visible");
  });

  it("has latencies beside the edges of the cut table", async () => {
    const asked = { ...query, latencyNamespaces: ["bookinfo", "travel-agency"] };
    const { reading } = await loadReading(running, viewer("bookinfo"), asked, never);
    const edges = reading.edges.edges.source.length;
    expect(reading.latency?.edge.length).toBeGreaterThan(3);
    expect(Math.max(...(reading.latency?.edge ?? []))).toBeLessThan(edges);
  });
});

describe("series", () => {
  it("of the mesh are those of what may be seen", async () => {
    const of = async (name: string, scope: Parameters<typeof loadSeries>[2]["scope"]) => {
      const { requestsPerSecond } = await loadSeries(running, viewer(name), { ...range, scope }, never);
      return requestsPerSecond;
    };
    const own = await of("everything", { kind: "namespaces", cluster: "primary", namespaces: ["bookinfo"] });
    expect(await of("bookinfo", { kind: "mesh" })).toEqual(own);
    expect(new Set(await of("nothing", { kind: "mesh" }))).toEqual(new Set([undefined]));
  });

  it("of what may not be seen are refused in the words that refuse what is not there", async () => {
    const refusal = async (namespace: string) => {
      const scope = { kind: "workload" as const, namespace, workload: "any" };
      const error: unknown = await loadSeries(running, viewer("bookinfo"), { ...range, scope }, never).catch(
        (it) => it,
      );
      if (!(error instanceof ProblemError)) throw new Error(`${namespace} was not refused`);
      return JSON.stringify({ ...error, message: error.message }).replaceAll(namespace, "…");
    };
    expect(await refusal("travel-agency")).toBe(await refusal("nowhere"));
  });
});

describe("while the metrics server fails", () => {
  const down = new SourceError({
    source: "prometheus",
    kind: "timeout",
    message: "http://prometheus.internal:9090 took 30 s",
    hint: "Look at prometheus.internal",
  });
  const failing: TelemetrySource = { ...demo.mesh.telemetry, readRates: () => Promise.reject(down) };

  it("namespaces are told without its address to who does not see everything", async () => {
    running = sourcesOf(failing);
    const moment = { windowSeconds: 300 };
    const limited = await loadNamespaces(running, viewer("bookinfo"), moment, never);
    expect(limited.namespaces.map(({ name }) => name)).toEqual(["bookinfo"]);
    expect(JSON.stringify(limited)).not.toContain("internal");
    const whole = await loadNamespaces(running, viewer("everything"), moment, never);
    expect(JSON.stringify(whole)).toContain("prometheus.internal");
  });
});

describe("events", () => {
  const open = (name: string, access = running.access) => {
    const events = new EventHub();
    const left = new AbortController();
    const stopping = new AbortController().signal;
    const response = streamEvents({ events, stopping, access }, viewer(name), left.signal);
    const text = response.text();
    return { events, text, leave: () => left.abort() };
  };

  it("tell of clusters of which something may be seen", async () => {
    const { events, text, leave } = open("bookinfo");
    for (const cluster of ["primary", "hidden-west"]) events.publish({ type: "configuration", cluster, version: 7 });
    events.publish({ type: "telemetry", atSeconds: 5 });
    await Promise.resolve();
    setImmediate(leave);
    expect((await text).match(/data: .*/g)).toEqual([
      'data: {"cluster":"primary","version":7}',
      'data: {"atSeconds":5}',
    ]);
  });

  it("that come while rights are asked for are told once for each cluster, with its newest version", async () => {
    const { promise: rights, resolve } = Promise.withResolvers<Sight>();
    const { events, text, leave } = open("bookinfo", { ...running.access, sightOf: () => rights });
    for (let version = 1; version <= 100; version += 1)
      events.publish({ type: "configuration", cluster: "primary", version });
    events.publish({ type: "telemetry", atSeconds: 5 });
    resolve(EVERYTHING);
    setImmediate(leave);
    expect((await text).match(/data: .*/g)).toEqual([
      'data: {"cluster":"primary","version":1}',
      'data: {"cluster":"primary","version":100}',
      'data: {"atSeconds":5}',
    ]);
  });

  it("end when the viewer is not known any more", async () => {
    const access = {
      ...running.access,
      sightOf: () => Promise.reject(new ProblemError(401, "Log in again", { detail: "Expired." })),
    };
    const { events, text } = open("bookinfo", access);
    events.publish({ type: "telemetry", atSeconds: 5 });
    expect(await text).toBe("retry: 2000\n\n");
  });
});
