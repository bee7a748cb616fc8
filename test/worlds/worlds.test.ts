/**
 * A world is emitted as Istio's proxies would report it, merged and drawn, and the graph must equal the world: the same
 * edges, rates by code and flag, errors, bytes, mutual TLS and principals; nothing extra, nothing missing.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arbitraryWorld } from "./arbitraryWorld.ts";
import { expectWorld, graphOf, sumOf } from "./checkWorld.ts";
import { expectedEdges } from "./expectedEdges.ts";
import {
  BLACKHOLE,
  type Bytes,
  EXTERNAL,
  type Gap,
  gapKey,
  type Outcome,
  PASSTHROUGH,
  type Proxy,
  type Requests,
  type Traffic,
  type Workload,
  type World,
} from "./world.ts";

describe("random worlds", () => {
  it("are drawn as they are", () => {
    fc.assert(fc.property(arbitraryWorld, expectWorld), { seed: 2026, numRuns: 1000 });
  }, 60_000);

  it("keep their edges, and totals within the noise, when proxies are scraped at different instants", () => {
    fc.assert(
      fc.property(
        arbitraryWorld,
        fc.infiniteStream(fc.double({ min: 0.97, max: 1.03, noNaN: true })),
        (world, factors) => {
          const drawn = graphOf(world, false, () => factors.next().value ?? 1);
          const expected = expectedEdges(world, { serviceNodes: false });
          expect([...drawn.keys()].sort()).toEqual([...expected.keys()].sort());
          for (const [id, edge] of drawn) {
            const truth = expected.get(id);
            if (truth === undefined || edge.protocol === "tcp") continue;
            const ratio = edge.requestsPerSecond / sumOf(truth, () => true);
            // Where rows do not say where calls went, the noise of one edge shows at another, too.
            const noise = world.gaps.size > 0 ? 0.1 : 0.035;
            expect(Math.abs(ratio - 1)).toBeLessThan(noise);
            if (world.gaps.size > 0) continue;
            const results = edge.responses.map(({ code, flags, host }) => `${code} ${flags} ${host}`).sort();
            expect(results).toEqual([...truth.responses.keys()].sort());
          }
        },
      ),
      { seed: 2027, numRuns: 500 },
    );
  }, 60_000);
});

function workload(name: string, proxy: Proxy = "sidecar", cluster = "primary"): Workload {
  return { cluster, namespace: "shop", name, proxy };
}

const web = workload("web");
const cart = workload("cart");
const CART = { namespace: "shop", name: "cart" };

function requests(outcomes: readonly Outcome[], rest: Partial<Requests> = {}): Requests {
  return { kind: "http", caller: web, service: CART, target: cart, secured: "all", outcomes, ...rest };
}

const ok = (perSecond: number): Outcome => ({ client: "200", server: "200", perSecond });
const bytes: Bytes = {
  kind: "tcp",
  caller: web,
  service: CART,
  target: cart,
  secured: "all",
  sent: 900,
  received: 90,
  opened: 1,
};

function worldOf(...traffic: Traffic[]): World {
  return { traffic, gaps: new Map() };
}

function withGap(gap: Gap, ...traffic: Traffic[]): World {
  return { traffic, gaps: new Map(traffic.map(({ caller, service }) => [gapKey(caller, service), gap])) };
}

describe("a world of its own is", () => {
  const worlds: Record<string, World> = {
    // web ──▶ cart              both sidecars report
    "two sidecars": worldOf(requests([ok(10), { client: "404", server: "404", perSecond: 1 }])),
    // web ──▶ (cart)            only the client reports
    "a server without a proxy": worldOf(requests([ok(10)], { target: workload("cart", "none"), secured: "none" })),
    // (?) ──▶ cart              only the server reports, and does not know who called
    "an unknown caller": worldOf({ kind: "http", service: CART, target: cart, secured: "none", outcomes: [ok(10)] }),
    // web ──▶ cart              client 504 UT, server 0 DC or 200 · client 503 UC, server nothing
    "ends that disagree": worldOf(
      requests([
        ok(80),
        { client: "504 UT", server: "- DC", perSecond: 10 },
        { client: "504 UT", server: "200", perSecond: 7 },
        { client: "503 UC", perSecond: 5 },
      ]),
    ),
    // web ─┬▶ cart              every attempt the server answered counts
    //      └▶ cart (again)
    "calls that are repeated": worldOf(requests([ok(100), { server: "503", perSecond: 9 }])),
    // web ──▶ [cart] ✗          no endpoint, no route: no workload is reached
    "a failed call that reached no workload": worldOf(requests([ok(10), { client: "503 UH", perSecond: 5 }]), {
      kind: "http",
      caller: web,
      service: { namespace: "shop", name: "gone" },
      secured: "none",
      outcomes: [{ client: "404 NR", perSecond: 2 }],
    }),
    // web ══▶ waypoint ══▶ cart     ztunnels report both legs, the waypoint the calls
    "a waypoint and its legs": worldOf(
      requests([ok(10), { client: "500", server: "500", perSecond: 1 }], {
        caller: workload("web", "ambient"),
        target: workload("cart", "waypoint"),
      }),
    ),
    // web ──▶ waypoint ══▶ cart     a client with a sidecar reports as well
    "a waypoint behind a sidecar": worldOf(
      requests([ok(10), { client: "503", server: "503 UC", perSecond: 4 }], { target: workload("cart", "waypoint") }),
    ),
    // web ══▶ cart              ztunnels at both ends report bytes
    "two ztunnels": worldOf({ ...bytes, caller: workload("web", "ambient"), target: workload("cart", "ambient") }),
    // web ══▶ cart              the ztunnel's leg is the transport of the calls that the sidecar reports
    "a ztunnel and a sidecar": worldOf(requests([ok(10)], { caller: workload("web", "ambient") })),
    // web ──▶ <passthrough>, <blackhole>
    "calls past all services": worldOf(
      { kind: "http", caller: web, service: PASSTHROUGH, secured: "none", outcomes: [{ client: "200", perSecond: 3 }] },
      { kind: "http", caller: web, service: BLACKHOLE, secured: "none", outcomes: [{ client: "502", perSecond: 2 }] },
    ),
    // web ──▶ {api.example.com}     api-a and api-b both speak of the host
    "two ServiceEntries for one host": worldOf({
      kind: "http",
      caller: web,
      service: EXTERNAL,
      secured: "none",
      outcomes: [{ client: "200", perSecond: 3 }],
    }),
    // web ─┬▶ [cart] ───┬▶ cart
    //      └▶ [basket] ─┘
    "one workload behind two services": worldOf(
      requests([ok(10)]),
      requests([ok(4)], { service: { namespace: "shop", name: "basket" } }),
    ),
    // web ──▶ cart              gRPC and bytes, side by side
    "TCP and gRPC on one edge": worldOf(
      requests([{ client: "0", server: "0", perSecond: 8 }], { kind: "grpc" }),
      bytes,
    ),
    // web(mTLS), web(plain) ──▶ cart
    "mutual TLS for half of the calls": worldOf(requests([ok(10)], { secured: "half" })),
    // web@primary ─┬▶ cart@primary     the client does not know which
    //              └▶ cart@west
    "two clusters and a client that cannot tell them apart": withGap(
      "clientCluster",
      requests([ok(30), { client: "500", server: "500", perSecond: 10 }]),
      requests([ok(60)], { target: workload("cart", "sidecar", "west") }),
    ),
    // web@primary, web@west ──▶ cart@primary     the server does not know which
    "two clusters and a server that cannot tell them apart": withGap(
      "serverCluster",
      requests([ok(30), { client: "504 UT", server: "- DC", perSecond: 10 }]),
      requests([ok(60)], { caller: workload("web", "sidecar", "west") }),
    ),
    // web ─┬▶ cart-v1           the client only knows the service
    //      └▶ cart-v2
    "a client that does not know who answered": withGap(
      "clientTarget",
      requests([ok(60), { client: "503", server: "503 UC", perSecond: 5 }], { target: workload("cart-v1") }),
      requests([ok(40), { client: "503 UH", perSecond: 3 }], { target: workload("cart-v2") }),
    ),
  };
  it.each(Object.entries(worlds))("%s", (_, world) => expectWorld(world));
});
