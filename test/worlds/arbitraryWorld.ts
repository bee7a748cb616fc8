/**
 * Random worlds. Amounts can be matched in one way only where what the two ends tell leaves no choice, so some ends of
 * calls exclude one another on one edge: a reset that the server never saw (503 UC) could be the reset that it saw of
 * another call. What is left out here is a guess for anybody, and ADR 2 says which way we guess.
 */
import fc from "fast-check";
import {
  BLACKHOLE,
  EXTERNAL,
  type Gap,
  gapKey,
  type Outcome,
  PASSTHROUGH,
  type Proxy,
  type Service,
  type Traffic,
  type Workload,
  type World,
} from "./world.ts";

type Ends = Omit<Outcome, "perSecond">;

/** How calls end, by name. */
const ENDS = {
  http: {
    ok: { client: "200", server: "200" },
    notFound: { client: "404", server: "404" },
    failed: { client: "500", server: "500" },
    cutByApplication: { client: "503", server: "503 UC" },
    denied: { client: "403", server: "403 UAEX" },
    exhausted: { client: "503 URX", server: "503" },
    timedOut: { client: "504 UT", server: "- DC" },
    tooLate: { client: "504 UT", server: "200" },
    resetUnseen: { client: "503 UC" },
    callerGone: { client: "- DC", server: "- DC" },
    repeated: { server: "503" },
    noEndpoint: { client: "503 UH" },
    noRoute: { client: "404 NR" },
    noConnection: { client: "503 UF" },
  },
  grpc: {
    ok: { client: "0", server: "0" },
    notFound: { client: "5", server: "5" },
    failed: { client: "13", server: "13" },
    cutByApplication: { client: "14", server: "14 UC" },
    denied: { client: "7", server: "7 UAEX" },
    exhausted: { client: "14 URX", server: "14" },
    timedOut: { client: "4 UT", server: "- DC" },
    tooLate: { client: "4 UT", server: "0" },
    resetUnseen: { client: "14 UC" },
    callerGone: { client: "- DC", server: "- DC" },
    repeated: { server: "14" },
    noEndpoint: { client: "503 UH" },
    noRoute: { client: "404 NR" },
    noConnection: { client: "503 UF" },
  },
} as const satisfies Record<"http" | "grpc", Record<string, Ends>>;
type EndName = keyof (typeof ENDS)["http"];
const END_NAMES = Object.keys(ENDS.http) as EndName[];

/** With these on the same edge, an unseen reset could as well be one of theirs. */
const HIDES_RESETS: ReadonlySet<EndName> = new Set(["cutByApplication", "exhausted", "repeated"]);
/** What can be told apart even of calls to several workloads, when rows do not say to which. */
const CLEAR_WITHOUT_LABELS: ReadonlySet<EndName> = new Set([
  "ok",
  "notFound",
  "failed",
  "cutByApplication",
  "denied",
  "timedOut",
  "noEndpoint",
]);
const REACH_NOBODY: readonly EndName[] = ["noEndpoint", "noRoute"];

const CLUSTERS = ["primary", "west"];
const NAMESPACES = ["shop", "bank"];
const NAMES = ["web", "cart", "db"];
const SERVICES: readonly Service[] = [
  { namespace: "shop", name: "cart" },
  { namespace: "shop", name: "basket" },
  { namespace: "bank", name: "cart" },
];
const BEYOND: readonly Service[] = [PASSTHROUGH, BLACKHOLE, EXTERNAL];
const amount = fc.integer({ min: 5, max: 40 });

const proxies = fc.array(fc.constantFrom<Proxy>("sidecar", "sidecar", "sidecar", "ambient", "waypoint", "none"), {
  minLength: 12,
  maxLength: 12,
});

const line = fc.record({
  caller: fc.nat(12),
  service: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...SERVICES) },
    { weight: 1, arbitrary: fc.constantFrom(...BEYOND) },
  ),
  /** Of the twelve workloads those of the service's namespace; beyond them, nobody. */
  target: fc.nat(6),
  kind: fc.constantFrom("http" as const, "http" as const, "grpc" as const, "tcp" as const),
  ends: fc.uniqueArray(fc.constantFrom(...END_NAMES), { minLength: 1, maxLength: 5 }),
  amounts: fc.array(amount, { minLength: 5, maxLength: 5 }),
  secured: fc.constantFrom("all" as const, "all" as const, "half" as const, "none" as const),
});
type Line = typeof line extends fc.Arbitrary<infer Value> ? Value : never;

const gap = fc.constantFrom<Gap | undefined>(undefined, undefined, "clientCluster", "clientTarget", "serverCluster");

/** Up to fourteen kinds of traffic among twelve workloads in two clusters. */
export const arbitraryWorld: fc.Arbitrary<World> = fc
  .record({
    proxies,
    lines: fc.uniqueArray(line, {
      minLength: 1,
      maxLength: 14,
      selector: ({ caller, service, target, kind }) =>
        `${caller} ${service.namespace}/${service.name} ${target} ${kind}`,
    }),
    gaps: fc.array(gap, { minLength: 6, maxLength: 6 }),
  })
  .map(({ proxies: chosen, lines, gaps }) => {
    const workloads = CLUSTERS.flatMap((cluster) =>
      NAMESPACES.flatMap((namespace) => NAMES.map((name) => ({ cluster, namespace, name }))),
    ).map((names, index): Workload => ({ ...names, proxy: chosen[index] ?? "none" }));
    const named = new Map<string, Gap | undefined>();
    const traffic = lines.map((written) =>
      toTraffic(written, workloads, (caller, service) => {
        const key = gapKey(caller, service);
        const next = gaps[named.size % gaps.length];
        if (!named.has(key))
          named.set(key, next === "serverCluster" && !hasTwins(caller, workloads) ? undefined : next);
        return named.get(key);
      }),
    );
    const known = [...named].flatMap(([key, value]): [string, Gap][] => (value === undefined ? [] : [[key, value]]));
    return { traffic: traffic.flatMap((flow) => flow ?? []), gaps: new Map(known) };
  });

/** Whether its namesakes in other clusters run the same proxy, so that they report alike. */
function hasTwins(workload: Workload | undefined, workloads: readonly Workload[]): boolean {
  const namesakes = workloads.filter(
    ({ namespace, name }) => namespace === workload?.namespace && name === workload.name,
  );
  return namesakes.every(({ proxy }) => proxy === workload?.proxy);
}

function toTraffic(
  written: Line,
  workloads: readonly Workload[],
  gapBetween: (caller: Workload | undefined, service: Service) => Gap | undefined,
): Traffic | undefined {
  const { service, kind, amounts } = written;
  const caller = callerOf(workloads[written.caller]);
  const target = workloads.filter(({ namespace }) => namespace === service.namespace)[written.target];
  const found = gapBetween(caller, service);
  const isPlain = caller === undefined || target === undefined || target.proxy === "none";
  // A caller whose cluster the server does not know may be one of two: only equally secured ones are told apart by amount.
  const secured = found === "serverCluster" ? "all" : written.secured;
  const ends: Omit<Traffic, "kind"> = {
    ...(caller === undefined ? {} : { caller }),
    service,
    ...(target === undefined ? {} : { target }),
    secured: isPlain ? "none" : secured,
  };
  // istiod tells ztunnels of every workload: connections to nobody are a sidecar's.
  if (kind === "tcp" && target === undefined && caller?.proxy !== "sidecar") return undefined;
  const [sent = 5, received = 5, opened = 5] = amounts;
  if (kind === "tcp") return { ...ends, kind, sent: sent * 100, received: received * 10, opened };
  // A ztunnel does not read requests: without a proxy that does, HTTP is bytes.
  if (target?.proxy === "ambient") return undefined;
  const names = BEYOND.includes(service) ? ["ok" as const, "failed" as const] : outcomesOf(written.ends, target, found);
  return {
    ...ends,
    kind,
    outcomes: names.map((name, index) => ({ ...ENDS[kind][name], perSecond: amounts[index] ?? 5 })),
  };
}

/** Somebody without a proxy is nobody, as far as telemetry can tell. */
function callerOf(workload: Workload | undefined): Workload | undefined {
  return workload?.proxy === "none" ? undefined : workload;
}

function outcomesOf(
  names: readonly EndName[],
  target: Workload | undefined,
  found: Gap | undefined,
): readonly EndName[] {
  if (target === undefined) return REACH_NOBODY;
  const clear = found === undefined ? names : names.filter((name) => CLEAR_WITHOUT_LABELS.has(name));
  return clear.some((name) => HIDES_RESETS.has(name)) ? clear.filter((name) => name !== "resetUnseen") : clear;
}
