import { describe, expect, it } from "vitest";
import { edgeOf, graphOf, type World } from "#test/builders/graphWorld.ts";
import { meshNodes, serviceNode, workloadNode } from "#test/builders/mesh.ts";
import { requestRow, tcpRow } from "#test/builders/reports.ts";
import { explainEdge } from "./explainEdge.ts";

function explain(world: World, kind: string, source = "web", target = "cart-v1") {
  const graph = graphOf(world);
  const found = explainEdge(edgeOf(graph, source, target), graph, world.mesh ?? meshNodes()).find(
    (explanation) => explanation.kind === kind,
  );
  if (found === undefined) throw new Error(`no ${kind}`);
  return { ...found, facts: Object.fromEntries(found.evidence.map(({ label, value }) => [label, value])) };
}

const call = { from: "web", to: "cart-v1", service: "cart", perSecond: 4 };
const both = [requestRow(call), requestRow({ ...call, reporter: "source" })];
const client = [requestRow({ ...call, reporter: "source" })];
const modes = (web: "sidecar" | "none", cart: "sidecar" | "none") =>
  meshNodes({ workloads: [workloadNode({ name: "web", mode: web }), workloadNode({ name: "cart-v1", mode: cart })] });

it("has nothing to say of calls that both sides report, all in mutual TLS", () => {
  const graph = graphOf({ requests: both });
  expect(explainEdge(edgeOf(graph, "web", "cart-v1"), graph, meshNodes())).toEqual([]);
});

describe("calls that only the client reports", () => {
  it("go to a workload without a proxy", () => {
    const { facts, causes } = explain({ requests: client, mesh: modes("sidecar", "none") }, "clientsOnly");
    expect(facts).toMatchObject({
      Traffic: "4 requests/s",
      "Reported by": "the client's proxy (reporter=source)",
      Called: "cart-v1 in shop (without a proxy)",
    });
    expect(causes[0]).toBe("cart-v1 in shop runs no proxy.");
  });

  it("go to a host outside, where nothing is wrong", () => {
    const requests = [requestRow({ from: "web", to: "", service: "api.example", perSecond: 4, reporter: "source" })];
    const mesh = meshNodes({ services: [serviceNode({ name: "pay", kind: "ServiceEntry", hosts: ["api.example"] })] });
    const { causes, remedies } = explain({ requests, mesh }, "clientsOnly", "web", "{api.example}");
    expect(causes).toEqual(["api.example in shop is outside the mesh: there is no proxy to report its side."]);
    expect(remedies[0]).toMatch(/^Nothing is wrong/);
  });

  it("never arrived", () => {
    const failed = { from: "web", to: "", service: "cart", reporter: "source", responseCode: "503" } as const;
    const requests = [requestRow({ ...failed, responseFlags: "UH", perSecond: 4 })];
    expect(explain({ requests }, "clientsOnly", "web", "[cart]").causes[0]).toBe(
      "4 requests/s never arrived: the caller's proxy ended them.",
    );
  });

  it("else go to a proxy that is not scraped", () => {
    const { causes } = explain({ requests: client, mesh: modes("sidecar", "sidecar") }, "clientsOnly");
    expect(causes[0]).toMatch(/^Prometheus does not scrape the server's proxies/);
  });
});

describe("calls that only the server reports", () => {
  it("come from a workload without a proxy", () => {
    const { causes } = explain({ requests: [requestRow(call)], mesh: modes("none", "sidecar") }, "serversOnly");
    expect(causes[0]).toBe("web in shop runs no proxy.");
  });

  it("come from nobody known", () => {
    const requests = [requestRow({ ...call, from: "" })];
    expect(explain({ requests }, "serversOnly", "<unknown>").causes[0]).toMatch(/^The caller has no proxy/);
  });

  it("else come from a proxy that is not scraped", () => {
    const { causes } = explain({ requests: [requestRow(call)], mesh: modes("sidecar", "sidecar") }, "serversOnly");
    expect(causes[0]).toMatch(/^Prometheus does not scrape the caller's proxies/);
  });
});

describe("an edge behind a service", () => {
  const mesh = modes("none", "sidecar");
  const requests = [
    requestRow({ ...call, securityPolicy: "none" }),
    requestRow({ ...call, from: "admin" }),
    requestRow({ ...call, from: "admin", reporter: "source" }),
  ];
  const behind = (kind: string, own: World) => {
    const graph = graphOf(own, { serviceNodes: true });
    return explainEdge(edgeOf(graph, "[cart]", "cart-v1"), graph, mesh).find((found) => found.kind === kind);
  };

  it("is told of its callers, since services call nobody", () => {
    const found = behind("serversOnly", { requests: requests.slice(0, 1), mesh });
    expect(found?.summary).toBe("These calls are reported at cart-v1 in shop only, and not at web in shop.");
    expect(found?.causes[0]).toBe("web in shop runs no proxy.");
  });

  it("names the one of several callers that calls in plain text", () => {
    expect(behind("mixedTls", { requests, mesh })?.causes[0]).toBe(
      "Of several callers web in shop runs no proxy, and calls in plain text.",
    );
  });
});

it("calls that arrive at a gateway are reported by clients only, and nothing is wrong", () => {
  const mesh = meshNodes({ workloads: [workloadNode({ name: "cart-v1", role: "egressGateway", mode: "proxy" })] });
  const { causes, remedies } = explain({ requests: client, mesh }, "clientsOnly");
  expect(causes).toEqual(["Gateways report the calls they send on, and not those that arrive at them."]);
  expect(remedies[0]).toMatch(/^Nothing is wrong/);
});

it("traffic that only ztunnels report has no waypoint to read it", () => {
  const tcp = [tcpRow({ ...call, reporterApp: "ztunnel" })];
  const { causes, facts } = explain({ tcp }, "tunnelOnly");
  expect(facts["Reported by"]).toBe("ztunnels (app=ztunnel)");
  expect(causes[0]).toMatch(/^No waypoint stands before cart-v1 in shop/);
});

describe("mutual TLS", () => {
  const secured = { ...call, sourcePrincipal: "spiffe://mesh/web", destinationPrincipal: "spiffe://mesh/cart" };

  it("in parts: some pods of the caller have no identity", () => {
    const requests = [
      requestRow({ ...secured, perSecond: 3 }),
      requestRow({ ...call, perSecond: 1, securityPolicy: "none" }),
      ...client,
    ];
    const { facts, causes, summary } = explain({ requests }, "mixedTls");
    expect(summary).toBe("25 % of the traffic from web in shop to cart-v1 in shop is plain text.");
    expect(facts["Identities"]).toBe(
      "spiffe://mesh/web → spiffe://mesh/cart: 75 % of the traffic, 100 % of it mutual TLS; " +
        "no identity → no identity: 25 % of the traffic, 0 % of it mutual TLS",
    );
    expect(causes[0]).toMatch(/^Some pods of the caller have no proxy/);
  });

  it("not at all, from a caller without a proxy", () => {
    const requests = [requestRow({ ...call, securityPolicy: "none" })];
    expect(explain({ requests, mesh: modes("none", "sidecar") }, "plaintext").causes[0]).toBe(
      "The caller has no proxy, so it cannot speak mutual TLS.",
    );
  });

  it("not at all, from a caller that could: configuration turns it off", () => {
    const requests = [requestRow({ ...call, securityPolicy: "none" }), ...client];
    expect(explain({ requests, mesh: modes("sidecar", "sidecar") }, "plaintext").causes[0]).toMatch(
      /^A DestinationRule/,
    );
  });

  it("unknown, because clients cannot tell", () => {
    const { causes, facts } = explain({ requests: client }, "unknownTls");
    expect(facts["Label missing"]).toBe('connection_security_policy="unknown"');
    expect(causes[0]).toMatch(/^Only clients report/);
  });

  it("unknown, although the server reports: the label is dropped", () => {
    const requests = [requestRow({ ...call, securityPolicy: "" }), ...client];
    expect(explain({ requests }, "unknownTls").causes[0]).toMatch(/^The label connection_security_policy is dropped/);
  });
});
