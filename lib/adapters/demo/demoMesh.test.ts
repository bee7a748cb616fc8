import { describe, expect, test } from "vitest";
import { demoAtRest, demoObject, NOON, never, requestRate, tcpRate, withSpec } from "#test/builders/demo.ts";

const REVIEWS = { group: "networking.istio.io", kind: "VirtualService", namespace: "bookinfo", name: "reviews" };
const RATINGS = { ...REVIEWS, name: "ratings" };
const route = (subset: string) => ({ destination: { host: "reviews", subset } });

describe("a reading", () => {
  test("is the same for the same seed and clock", async () => {
    expect(await demoAtRest().rates()).toEqual(await demoAtRest().rates());
  });

  test("differs for another seed", async () => {
    expect(await demoAtRest({ seed: 2 }).rates()).not.toEqual(await demoAtRest().rates());
  });

  test("widens a window that holds fewer than four scrapes", async () => {
    expect((await demoAtRest().rates(NOON, 15)).windowSeconds).toBe(60);
  });

  test("knows nothing of the time before the mesh", async () => {
    expect((await demoAtRest().rates(NOON - 16 * 86_400)).requests).toEqual([]);
  });

  test("adds up along a chain: every page asks for reviews once", async () => {
    const report = await demoAtRest().rates();
    const pages = requestRate(report, { reporter: "destination", destinationWorkload: "productpage-v1" });
    const reviews = requestRate(report, {
      reporter: "source",
      sourceWorkload: "productpage-v1",
      destinationServiceName: "reviews",
    });
    expect(pages).toBeGreaterThan(20);
    expect(reviews).toBeCloseTo(pages, 6);
  });

  test("has some hundred requests a second over 60 to 90 edges", async () => {
    const { requests, tcp } = await demoAtRest().rates();
    const edges = new Set(
      [...requests, ...tcp].map((row) => `${row.sourceWorkload} ${row.destinationService} ${row.destinationWorkload}`),
    );
    expect(edges.size).toBeGreaterThan(60);
    expect(edges.size).toBeLessThan(95);
    const served = requests.filter((row) => row.reporter !== "source").reduce((total, row) => total + row.perSecond, 0);
    expect(served).toBeGreaterThan(300);
  });
});

describe("a change of configuration", () => {
  test("moves traffic within one scrape interval and leaves the past as it was", async () => {
    const { mesh, clock, rates } = demoAtRest();
    const before = await rates(NOON);
    await mesh.cluster.apply(withSpec(mesh, REVIEWS, { hosts: ["reviews"], http: [{ route: [route("v3")] }] }));
    clock.advance(15);
    // 15 of the window's 60 seconds obey the new rule: v1 keeps three quarters of its rate.
    const v1 = { reporter: "destination", destinationWorkload: "reviews-v1" } as const;
    expect(requestRate(await rates(), v1) / requestRate(before, v1)).toBeCloseTo(0.75, 1);
    clock.advance(60);
    expect(requestRate(await rates(), v1)).toBe(0);
    expect(await rates(NOON)).toEqual(before);
  });

  test("aborts requests as a fault says, seen by the client alone", async () => {
    const { mesh, clock, rates } = demoAtRest();
    const fault = { abort: { percentage: { value: 25 }, httpStatus: 418 } };
    const http = [{ fault, route: [route("v1")] }];
    await mesh.cluster.apply(withSpec(mesh, REVIEWS, { hosts: ["reviews"], http }));
    clock.advance(60);
    const report = await rates();
    const asked = requestRate(report, {
      reporter: "source",
      sourceWorkload: "productpage-v1",
      destinationServiceName: "reviews",
    });
    const aborted = requestRate(report, {
      reporter: "source",
      responseCode: "418",
      responseFlags: "FI",
      destinationWorkload: "unknown",
    });
    expect(aborted / asked).toBeCloseTo(0.25, 6);
    expect(requestRate(report, { reporter: "destination", destinationWorkload: "reviews-v1" })).toBeCloseTo(
      0.75 * asked,
      6,
    );
    expect(requestRate(report, { reporter: "destination", responseCode: "418" })).toBe(0);
  });

  test("delays requests as a fault says, and whoever waits for them", async () => {
    const { mesh, clock, rates } = demoAtRest();
    const http = [{ fault: { delay: { percentage: { value: 100 }, fixedDelay: "3s" } }, route: [route("v1")] }];
    await mesh.cluster.apply(withSpec(mesh, REVIEWS, { hosts: ["reviews"], http }));
    clock.advance(60);
    const request = { atSeconds: clock.nowSeconds(), windowSeconds: 60, namespaces: ["bookinfo"] };
    const { durations } = await mesh.telemetry.readLatency(request, never);
    const page = durations.find(
      (row) => row.reporter === "destination" && row.destinationWorkload === "productpage-v1",
    );
    expect((page?.millisecondsPerSecond ?? 0) / (page?.countPerSecond ?? 1)).toBeGreaterThan(3000);
    expect(requestRate(await rates(), { reporter: "source", responseFlags: "DI" })).toBeGreaterThan(10);
  });

  test("mirrors requests to another service, where they count, without the client counting them", async () => {
    const { mesh, clock, rates } = demoAtRest();
    const http = [{ route: [route("v1")], mirror: { host: "details" }, mirrorPercentage: { value: 50 } }];
    await mesh.cluster.apply(withSpec(mesh, REVIEWS, { hosts: ["reviews"], http }));
    clock.advance(60);
    const report = await rates();
    const pages = requestRate(report, { reporter: "destination", destinationWorkload: "productpage-v1" });
    expect(requestRate(report, { reporter: "destination", destinationWorkload: "details-v1" })).toBeCloseTo(
      1.5 * pages,
      6,
    );
    expect(requestRate(report, { reporter: "source", destinationWorkload: "details-v1" })).toBeCloseTo(pages, 6);
  });

  test("gives up on answers that take longer than a timeout", async () => {
    const { mesh, clock, rates } = demoAtRest();
    const hotels = {
      ...demoObject(mesh, REVIEWS),
      metadata: { name: "hotels", namespace: "travel-agency", labels: {}, annotations: {} },
      spec: { hosts: ["hotels"], http: [{ timeout: "1s", route: [{ destination: { host: "hotels" } }] }] },
    };
    await mesh.cluster.apply(hotels);
    clock.advance(60);
    const report = await rates();
    const timedOut = requestRate(report, {
      reporter: "source",
      responseCode: "504",
      responseFlags: "UT",
      destinationWorkload: "hotels-v1",
    });
    expect(timedOut).toBeGreaterThan(0.5);
    expect(requestRate(report, { reporter: "destination", responseCode: "0", responseFlags: "DC" })).toBeCloseTo(
      timedOut,
      6,
    );
  });

  test("answers for a subset nobody defined and for a host nobody has", async () => {
    const { mesh, clock, rates } = demoAtRest();
    await mesh.cluster.apply(withSpec(mesh, REVIEWS, { hosts: ["reviews"], http: [{ route: [route("v9")] }] }));
    await mesh.cluster.apply(
      withSpec(mesh, RATINGS, { hosts: ["ratings"], http: [{ route: [{ destination: { host: "nowhere" } }] }] }),
    );
    clock.advance(60);
    const report = await rates();
    expect(requestRate(report, { destinationServiceName: "reviews", responseFlags: "NC" })).toBeGreaterThan(20);
    expect(requestRate(report, { destinationWorkload: "ratings-v1" })).toBe(0);
  });

  test("turns away plain text where mutual TLS is demanded", async () => {
    const { mesh, clock, rates } = demoAtRest();
    const unknown = { sourceWorkload: "unknown", destinationWorkload: "productpage-v1" };
    expect(requestRate(await rates(), unknown)).toBeGreaterThan(0);
    const strict = {
      apiVersion: "security.istio.io/v1",
      kind: "PeerAuthentication",
      metadata: { name: "default", namespace: "bookinfo", labels: {}, annotations: {} },
      spec: { mtls: { mode: "STRICT" } },
    };
    await mesh.cluster.apply(strict);
    clock.advance(60);
    expect(requestRate(await rates(), unknown)).toBe(0);
    expect(requestRate(await rates(), { ...unknown, sourceWorkload: "istio-ingressgateway" })).toBeGreaterThan(20);
  });

  test("a workload scaled to nothing has no healthy endpoint", async () => {
    const { mesh, clock, rates } = demoAtRest();
    const details = { group: "apps", kind: "Deployment", namespace: "bookinfo", name: "details-v1" };
    const { spec } = demoObject(mesh, details);
    await mesh.cluster.apply(withSpec(mesh, details, { ...(spec as object), replicas: 0 }));
    clock.advance(60);
    const report = await rates();
    expect(requestRate(report, { destinationServiceName: "details", responseFlags: "-" })).toBe(0);
    expect(
      requestRate(report, { destinationServiceName: "details", responseFlags: "UH", destinationWorkload: "unknown" }),
    ).toBeGreaterThan(20);
  });
});

test("an aborted reading rejects", async () => {
  const { mesh } = demoAtRest();
  const moment = { atSeconds: NOON, windowSeconds: 60 };
  await expect(mesh.telemetry.readRates(moment, AbortSignal.abort())).rejects.toThrow(/abort/);
});

describe("the built-in mesh", () => {
  test("has a workload that began to fail 20 minutes ago, when its Deployment changed", async () => {
    const { mesh, rates } = demoAtRest();
    const failing = { reporter: "destination", destinationWorkload: "payments-v1", responseCode: "500" } as const;
    expect(requestRate(await rates(NOON - 21 * 60), failing)).toBe(0);
    expect(requestRate(await rates(NOON), failing)).toBeGreaterThan(1);
    const ref = { group: "apps", kind: "Deployment", namespace: "travel-agency", name: "payments-v1" };
    const changes = demoObject(mesh, ref).metadata.changes ?? [];
    expect(changes.map((change) => [change.manager, (NOON - Date.parse(change.time) / 1000) / 60])).toContainEqual([
      "argocd-controller",
      20,
    ]);
  });

  test("runs its job in the first three of every ten minutes", async () => {
    const { rates } = demoAtRest();
    const job = { reporter: "destination", sourceWorkload: "stock-sync" } as const;
    expect(requestRate(await rates(NOON + 120), job)).toBeCloseTo(6, 1);
    expect(requestRate(await rates(NOON + 300), job)).toBe(0);
    expect(requestRate(await rates(NOON + 720), job)).toBeCloseTo(6, 1);
  });

  test.each([
    [
      "calls without a proxy arrive from unknown, in plain text",
      { reporter: "destination", sourceWorkload: "unknown", destinationWorkload: "inventory", securityPolicy: "none" },
    ],
    [
      "an undeclared outside host is reached through PassthroughCluster",
      {
        reporter: "source",
        destinationServiceName: "PassthroughCluster",
        destinationService: "hooks.chat.example",
        destinationWorkload: "unknown",
      },
    ],
    [
      "a declared outside host is reached through the egress gateway",
      { reporter: "source", sourceWorkload: "istio-egressgateway", destinationService: "api.cardprocessor.example" },
    ],
    [
      "a workload without sidecar is seen by its callers",
      { reporter: "source", destinationWorkload: "mainframe-adapter" },
    ],
    [
      "a waypoint reports requests of ambient workloads",
      {
        reporter: "waypoint",
        sourceWorkload: "points-web",
        destinationWorkload: "points-api",
        securityPolicy: "mutual_tls",
      },
    ],
    [
      "gRPC answers carry a status of their own",
      { protocol: "grpc", responseCode: "200", grpcStatus: "5", destinationWorkload: "insurances-v1" },
    ],
    [
      "a service without endpoints answers UH",
      {
        reporter: "source",
        destinationServiceName: "coupons",
        responseCode: "503",
        responseFlags: "UH",
        destinationWorkload: "unknown",
      },
    ],
    ["a small connection pool overflows", { reporter: "source", destinationServiceName: "cars", responseFlags: "UO" }],
    [
      "connections are refused here and there",
      { reporter: "source", destinationWorkload: "notifications", responseFlags: "UF" },
    ],
    [
      "connections break here and there",
      { reporter: "source", destinationWorkload: "reviews-v3", responseFlags: "UC" },
    ],
    ["some requests are the client's fault", { destinationWorkload: "api-gateway", responseCode: "401" }],
  ] as const)("%s", async (_, row) => {
    expect(requestRate(await demoAtRest().rates(), row)).toBeGreaterThan(0);
  });

  test.each([
    [
      "no server-side rows of a workload without sidecar",
      { reporter: "destination", destinationWorkload: "mainframe-adapter" },
    ],
    ["no server-side rows of an ambient workload", { reporter: "destination", destinationWorkload: "points-api" }],
    ["no traffic at the idle service", { destinationServiceName: "report-archive" }],
  ] as const)("has %s", async (_, row) => {
    expect(requestRate(await demoAtRest().rates(), row)).toBe(0);
  });

  test("shows the legs of ambient traffic as ztunnels see them, on either side of the waypoint", async () => {
    const report = await demoAtRest().rates();
    const leg = { reporterApp: "ztunnel", metric: "sentBytes", securityPolicy: "mutual_tls" } as const;
    const there = tcpRate(report, {
      ...leg,
      reporter: "source",
      sourceWorkload: "points-web",
      destinationWorkload: "waypoint",
    });
    expect(there).toBeGreaterThan(0);
    expect(
      tcpRate(report, {
        ...leg,
        reporter: "destination",
        sourceWorkload: "waypoint",
        destinationWorkload: "points-api",
      }),
    ).toBeCloseTo(there, 6);
  });

  test("has one edge that is much slower than the others", async () => {
    const { mesh } = demoAtRest();
    const request = { atSeconds: NOON, windowSeconds: 300, namespaces: [] };
    const { durations } = await mesh.telemetry.readLatency(request, never);
    const slow = durations.filter((row) => row.millisecondsPerSecond / row.countPerSecond > 1000);
    expect(new Set(slow.map((row) => row.destinationWorkload))).toEqual(new Set(["hotels-v1"]));
  });

  test("sends 9 of 10 cello calls to v1", async () => {
    const report = await demoAtRest().rates();
    const calls = (destinationWorkload: string) =>
      requestRate(report, { reporter: "destination", destinationWorkload });
    expect(calls("cello-app-v2") / (calls("cello-app-v1") + calls("cello-app-v2"))).toBeCloseTo(0.1, 6);
  });
});

describe("objects someone adds", () => {
  const deployment = (name: string) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "mine", labels: {}, annotations: {} },
    spec: {
      replicas: 2,
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: "x" }] } },
    },
  });
  const service = (name: string) => ({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "mine", labels: {}, annotations: {} },
    spec: { selector: { app: name }, ports: [{ name: "http", port: 80 }] },
  });

  test("become workloads with some traffic, in a namespace made for them", async () => {
    const { mesh, rates } = demoAtRest({ objects: [deployment("web"), service("web")] });
    expect(mesh.cluster.snapshot().index.list("/Pod", "mine")).toHaveLength(2);
    expect(
      requestRate(await rates(), { reporter: "destination", destinationWorkload: "web", destinationNamespace: "mine" }),
    ).toBeGreaterThan(1);
  });

  test("are visited through their own gateway, and what stands behind is called from there", async () => {
    const routing = (kind: string, spec: unknown) => ({
      apiVersion: "networking.istio.io/v1",
      kind,
      metadata: { name: "door", namespace: "mine", labels: {}, annotations: {} },
      spec,
    });
    const servers = [{ port: { number: 80, protocol: "HTTP" }, hosts: ["*"] }];
    const http = [{ match: [{ uri: { exact: "/page" } }], route: [{ destination: { host: "web" } }] }];
    const { rates } = demoAtRest({
      objects: [
        ...["api", "web"].flatMap((name) => [deployment(name), service(name)]),
        routing("Gateway", { selector: { istio: "ingressgateway" }, servers }),
        routing("VirtualService", { hosts: ["*"], gateways: ["door"], http }),
      ],
    });
    const report = await rates();
    const mine = { reporter: "destination", destinationNamespace: "mine" } as const;
    const visits = { ...mine, sourceWorkload: "istio-ingressgateway", destinationWorkload: "web" };
    expect(requestRate(report, visits)).toBeGreaterThan(1);
    expect(requestRate(report, { ...mine, sourceWorkload: "web", destinationWorkload: "api" })).toBeGreaterThan(1);
    expect(requestRate(report, { responseFlags: "NR" })).toBe(0);
  });

  test("replace built-in ones of the same name", async () => {
    const { mesh } = demoAtRest();
    const replaced = { ...demoObject(mesh, REVIEWS), spec: { hosts: ["reviews"], http: [{ route: [route("v2")] }] } };
    const report = await demoAtRest({ objects: [replaced] }).rates();
    expect(requestRate(report, { destinationWorkload: "reviews-v1" })).toBe(0);
  });
});

test("rates over time follow the readings and count each call once", async () => {
  const { mesh, rates } = demoAtRest();
  const scope = { kind: "workload", namespace: "travel-agency", workload: "payments-v1" } as const;
  const request = {
    scope,
    direction: "inbound",
    startSeconds: NOON - 1800,
    endSeconds: NOON,
    stepSeconds: 60,
  } as const;
  const series = await mesh.telemetry.readSeries(request, never);
  const served = { reporter: "destination", destinationWorkload: "payments-v1" } as const;
  expect(series.times).toHaveLength(31);
  expect(series.requestsPerSecond.at(-1)).toBeCloseTo(requestRate(await rates(), served), 6);
  // 39 % of the answers are errors since the change 20 minutes ago, none before it.
  expect((series.errorsPerSecond.at(-1) ?? 0) / (series.requestsPerSecond.at(-1) ?? 1)).toBeCloseTo(0.39, 6);
  expect(series.errorsPerSecond[5]).toBe(0);
  expect(series.p95Milliseconds.at(-1)).toBeGreaterThan(series.p95Milliseconds[5] ?? 0);
});

describe("a second cluster", () => {
  const cars = { reporter: "destination", sourceWorkload: "travels-v1", destinationWorkload: "cars-v1" } as const;
  const scaleToNothing = async (demo: ReturnType<typeof demoAtRest>, cluster: string) => {
    const ref = { group: "apps", kind: "Deployment", namespace: "travel-agency", name: "cars-v1" };
    const source = demo.mesh.clusters.find((item) => item.cluster === cluster);
    const stored = source?.snapshot().index.get(ref);
    if (source === undefined || stored === undefined) throw new Error(`no cars in ${cluster}`);
    await source.apply({ ...stored, spec: { ...(stored.spec as object), replicas: 0 } });
    demo.clock.advance(60);
  };

  test.each([
    ["west", "primary"],
    ["primary", "west"],
  ])("takes over and is taken over: without pods in %s, all calls go to %s", async (gone, left) => {
    const demo = demoAtRest();
    const before = requestRate(await demo.rates(), { ...cars, destinationCluster: left });
    await scaleToNothing(demo, gone);
    const report = await demo.rates();
    expect(requestRate(report, { ...cars, destinationCluster: gone })).toBe(0);
    expect(requestRate(report, { ...cars, destinationCluster: left }) / before).toBeCloseTo(2, 1);
  });

  test("is told apart in rates over time", async () => {
    const { mesh, rates } = demoAtRest();
    const read = async (cluster: string) => {
      const scope = { kind: "workload", cluster, namespace: "travel-agency", workload: "cars-v1" } as const;
      const span = { startSeconds: NOON - 60, endSeconds: NOON, stepSeconds: 60 };
      const series = await mesh.telemetry.readSeries({ scope, direction: "inbound", ...span }, never);
      return series.requestsPerSecond.at(-1) ?? 0;
    };
    const report = await rates();
    for (const destinationCluster of ["primary", "west"])
      expect(await read(destinationCluster)).toBeCloseTo(requestRate(report, { ...cars, destinationCluster }), 6);
  });

  test("has its own configuration: a rule of one cluster does not bind the other's clients", async () => {
    const demo = demoAtRest();
    const abort = {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "discounts", namespace: "travel-agency", labels: {}, annotations: {} },
      spec: {
        hosts: ["discounts"],
        http: [
          {
            fault: { abort: { percentage: { value: 100 }, httpStatus: 503 } },
            route: [{ destination: { host: "discounts" } }],
          },
        ],
      },
    };
    await demo.mesh.cluster.apply(abort);
    demo.clock.advance(60);
    const asked = { reporter: "destination", destinationWorkload: "discounts-v1" } as const;
    const report = await demo.rates();
    expect(requestRate(report, { ...asked, sourceCluster: "primary" })).toBe(0);
    expect(requestRate(report, { ...asked, sourceCluster: "west" })).toBeGreaterThan(5);
  });
});
