import { describe, expect, it } from "vitest";
import { graphOf, nodeOf, type World } from "#test/builders/graphWorld.ts";
import { meshNodes, serviceNode, workloadNode } from "#test/builders/mesh.ts";
import { requestRow, tcpRow } from "#test/builders/reports.ts";
import type { GraphOptions } from "../buildGraph.ts";
import { explainNode } from "./explainNode.ts";

function explain(world: World, drawn: string, options: Partial<GraphOptions> = {}) {
  const graph = graphOf(world, options);
  const [first] = explainNode(nodeOf(graph, drawn), graph, world.mesh ?? meshNodes());
  if (first === undefined) throw new Error(`${drawn} needs no explanation`);
  return { ...first, facts: Object.fromEntries(first.evidence.map(({ label, value }) => [label, value])) };
}

const client = { reporter: "source" } as const;
const fromUnknown = (perSecond: number, securityPolicy = "none", responseCode = "200") =>
  requestRow({ from: "", to: "web-v1", service: "web", perSecond, securityPolicy, responseCode });

describe("an unknown caller", () => {
  it("in plain text has no proxy: the workloads without one are named", () => {
    const mesh = meshNodes({
      workloads: [workloadNode({ name: "web-v1" }), workloadNode({ name: "legacy", namespace: "old", mode: "none" })],
    });
    const { causes, facts, summary } = explain({ requests: [fromUnknown(30)], mesh }, "<unknown>");
    expect(summary).toBe("30 requests/s arrive in cluster primary from callers that no proxy names.");
    expect(facts).toMatchObject({
      "Labels missing": expect.stringContaining('source_workload="unknown"'),
      "Reported by": "the server's proxy (reporter=destination)",
      Called: "web-v1 in shop (30 requests/s)",
      Connections: "plain text, no mutual TLS",
      "Workloads without a proxy": "legacy in old",
    });
    expect(causes[0]).toBe("A workload without a proxy calls in plain text: legacy in old could.");
  });

  it("with few calls, all answered, is most likely a health check", () => {
    const { causes } = explain({ requests: [fromUnknown(0.1)] }, "<unknown>", { serviceNodes: true });
    expect(causes[0]).toMatch(/^Health checks/);
    const failing = explain({ requests: [fromUnknown(0.1, "none", "500")] }, "<unknown>");
    expect(failing.causes[0]).not.toMatch(/^Health checks/);
  });

  it("of a gateway is a client outside the mesh", () => {
    const mesh = meshNodes({ workloads: [workloadNode({ name: "web-v1", role: "ingressGateway", mode: "proxy" })] });
    expect(explain({ requests: [fromUnknown(30)], mesh }, "<unknown>").causes[0]).toMatch(
      /^Clients outside the mesh call web-v1 in shop/,
    );
  });

  it("with an identity sent no metadata; who it is, is said", () => {
    const sourcePrincipal = "spiffe://other/ns/x/sa/y";
    const requests = [{ ...fromUnknown(30, "mutual_tls"), sourcePrincipal }];
    const { causes, facts } = explain({ requests }, "<unknown>");
    expect(facts).toMatchObject({ "Identities of the callers": sourcePrincipal, Connections: "mutual TLS" });
    expect(causes[0]).toMatch(/^The callers hold an identity \(spiffe:\/\/other/);
  });

  it("of which nothing is said has lost its labels", () => {
    const { causes, facts } = explain({ requests: [fromUnknown(30, "unknown")] }, "<unknown>");
    expect(facts["Connections"]).toBe("not reported");
    expect(causes[0]).toMatch(/^The source labels are dropped/);
  });
});

describe("calls to what the mesh does not know", () => {
  const call = (service: string, host: string) => ({
    ...requestRow({ from: "web", to: "", service, perSecond: 2, ...client }),
    destinationService: host,
  });

  it("PassthroughCluster: names callers and hosts, and asks for a ServiceEntry", () => {
    const { causes, facts, remedies } = explain(
      { requests: [call("PassthroughCluster", "api.example")] },
      "<PassthroughCluster>",
    );
    expect(facts).toMatchObject({ Callers: "web in shop (2 requests/s)", Hosts: "api.example" });
    expect(causes[0]).toBe("No Service or ServiceEntry that the callers see names api.example.");
    expect(remedies[0]).toMatch(/^Declare api.example in a ServiceEntry/);
  });

  it("PassthroughCluster over TCP: only an address was called", () => {
    const tcp = [tcpRow({ from: "web", to: "", service: "PassthroughCluster", perSecond: 2, ...client })];
    const { causes } = explain(
      { tcp: tcp.map((row) => ({ ...row, destinationService: "PassthroughCluster" })) },
      "<PassthroughCluster>",
    );
    expect(causes[0]).toMatch(/^Connections to an address/);
  });

  it("BlackHoleCluster: an entry that is not exported to the caller is found", () => {
    const services = [
      serviceNode({ name: "pay", namespace: "zoo", kind: "ServiceEntry", hosts: ["api.example"], exportTo: ["."] }),
    ];
    const world = { requests: [call("BlackHoleCluster", "api.example")], mesh: meshNodes({ services }) };
    const { kind, causes, remedies } = explain(world, "<BlackHoleCluster>");
    expect(kind).toBe("blackhole");
    expect(causes[0]).toMatch(/exportTo leaves the callers' namespace out: pay in zoo\.$/);
    expect(remedies[0]).toBe("Add shop to the exportTo of pay in zoo.");
  });
});

describe("a service whose calls reach no workload", () => {
  const failed = (flags: string, responseCode = "503") =>
    requestRow({ from: "web", to: "", service: "cart", perSecond: 3, responseCode, responseFlags: flags, ...client });
  const mesh = (available: number) =>
    meshNodes({
      workloads: [workloadNode({ name: "cart-v1", desiredReplicas: 2, availableReplicas: available })],
      services: [serviceNode({ name: "cart", workloads: ["cart-v1"] })],
    });

  it("UH: no replica is ready", () => {
    const { facts, causes } = explain({ requests: [failed("UH")], mesh: mesh(0) }, "[cart]");
    expect(facts).toMatchObject({
      Flags: "UH with 503: 3 requests/s",
      "Labels missing": 'destination_workload="unknown"',
      Callers: "web in shop (3 requests/s)",
      "Workloads selected": "cart-v1 (0 of 2 ready)",
    });
    expect(causes[0]).toBe("No replica of cart-v1 is ready, so there is no healthy endpoint (UH).");
  });

  it("UH: scaled to zero", () => {
    const none = meshNodes({
      workloads: [workloadNode({ name: "cart-v1", desiredReplicas: 0, availableReplicas: 0 })],
      services: [serviceNode({ name: "cart", workloads: ["cart-v1"] })],
    });
    expect(explain({ requests: [failed("UH")], mesh: none }, "[cart]").causes[0]).toMatch(/^cart-v1 is scaled to zero/);
  });

  it("UF at the server's own proxy is the container's fault", () => {
    const row = { from: "web", to: "cart-v1", service: "cart", perSecond: 3, responseCode: "503", responseFlags: "UF" };
    const world = { requests: [requestRow(row)], mesh: mesh(2) };
    const { causes, facts } = explain(world, "[cart]", { serviceNodes: true });
    expect(causes[0]).toMatch(/^The server's own proxy could not connect to its container/);
    expect(facts).not.toHaveProperty("Labels missing");
  });

  it("UH: the selector matches nothing", () => {
    const bare = meshNodes({ services: [serviceNode({ name: "cart" })] });
    expect(explain({ requests: [failed("UH")], mesh: bare }, "[cart]").causes[0]).toMatch(
      /^The selector of cart matches/,
    );
  });

  it.each([
    ["NR", "404", /no route for the host or port \(NR\)/],
    ["UF,URX", "503", /^The connection to the endpoint failed \(UF\)/],
    ["NC", "503", /does not exist \(NC\)/],
    ["UO", "503", /^The circuit breaker is open/],
  ])("%s has its own cause", (flags, code, cause) => {
    expect(explain({ requests: [failed(flags, code)], mesh: mesh(2) }, "[cart]").causes[0]).toMatch(cause);
  });

  it("says first what most calls failed of", () => {
    const requests = [failed("UH"), { ...failed("NR", "404"), perSecond: 9 }];
    expect(explain({ requests, mesh: mesh(0) }, "[cart]").causes[0]).toMatch(/\(NR\)/);
  });
});

describe("a service that answers, nobody knows from where", () => {
  const requests = [requestRow({ from: "web", to: "", service: "cart", perSecond: 3, ...client })];

  it("has a workload without proxy behind it", () => {
    const mesh = meshNodes({
      workloads: [workloadNode({ name: "cart-v1", mode: "none" })],
      services: [serviceNode({ name: "cart", workloads: ["cart-v1"] })],
    });
    const { kind, causes } = explain({ requests, mesh }, "[cart]");
    expect(kind).toBe("noWorkload");
    expect(causes[0]).toMatch(/^cart-v1 behind it runs no proxy/);
  });

  it("selects nothing that is known", () => {
    const mesh = meshNodes({ services: [serviceNode({ name: "cart" })] });
    expect(explain({ requests, mesh }, "[cart]").causes[0]).toMatch(/^The Service selects no workload/);
  });
});

describe("what telemetry and configuration do not both know", () => {
  const calls = [requestRow({ from: "web-v1", to: "cart-v1", service: "cart", perSecond: 3 })];

  it("dead: another version of the app took its place", () => {
    const mesh = meshNodes({ workloads: [workloadNode({ name: "web-v1" }), workloadNode({ name: "cart-v2" })] });
    const { kind, causes, facts } = explain({ requests: calls, mesh }, "cart-v1");
    expect(kind).toBe("dead");
    expect(facts["Configuration"]).toBe("2 workloads are known in shop of primary; none is called cart-v1");
    expect(causes[0]).toBe("A rollout replaced it during the window: cart-v2 is there now.");
  });

  it("idle: scaled to zero", () => {
    const mesh = meshNodes({ workloads: [workloadNode({ name: "batch", desiredReplicas: 0, availableReplicas: 0 })] });
    const { causes, facts } = explain({ mesh }, "batch", { idleNodes: true });
    expect(facts).toMatchObject({ Replicas: "0 of 0 ready", Proxy: "sidecar" });
    expect(causes[0]).toBe("It is scaled to zero.");
  });

  it("idle without a proxy: it may well be at work, so nobody is told to remove it", () => {
    const mesh = meshNodes({ workloads: [workloadNode({ name: "batch", mode: "none" })] });
    const graph = graphOf({ mesh }, { idleNodes: true });
    const idle = explainNode(nodeOf(graph, "batch"), graph, mesh).find(({ kind }) => kind === "idle");
    expect(idle?.causes[0]).toMatch(/^It runs no proxy/);
    expect(idle?.remedies.join()).not.toMatch(/removed/);
  });

  it("idle: a Service that selects nothing", () => {
    const mesh = meshNodes({ services: [serviceNode({ name: "cart" })] });
    const { causes } = explain({ mesh }, "[cart]", { idleNodes: true, serviceNodes: true });
    expect(causes[0]).toBe("Its selector matches no workload.");
  });

  it.each([
    ["none", /^Its namespace is not part of the mesh/, /^Label namespace shop istio-injection=enabled/],
    ["sidecar", /^Its pods started before the namespace joined/, /^Restart its pods/],
  ] as const)("out of the mesh, in a namespace whose pods get %j", (mode, cause, remedy) => {
    const mesh = meshNodes({
      namespaces: [{ cluster: "primary", name: "shop", mode }],
      workloads: [workloadNode({ name: "cart-v1", mode: "none" })],
    });
    const requests = calls.map((row) => ({ ...row, ...client }));
    const { causes, remedies, facts } = explain({ requests, mesh }, "cart-v1");
    expect(facts["Calls seen"]).toBe("3 requests/s, by the client's proxy (reporter=source)");
    expect(causes[0]).toMatch(cause);
    expect(remedies[0]).toMatch(remedy);
  });

  it("inaccessible: the namespace cannot be read", () => {
    const mesh = meshNodes({ workloads: [workloadNode({ name: "other", namespace: "zoo" })] });
    const { kind, causes, facts } = explain({ requests: calls, mesh }, "cart-v1");
    expect(kind).toBe("inaccessible");
    expect(facts["Configuration"]).toBe("1 namespaces of primary can be read; shop is not one of them");
    expect(causes[0]).toMatch(/may not read namespace shop\.$/);
  });
});

it("has nothing to say of nodes that are as they should be", () => {
  const mesh = meshNodes({
    workloads: [workloadNode({ name: "web-v1" }), workloadNode({ name: "cart-v1" })],
    services: [serviceNode({ name: "cart", workloads: ["cart-v1"] })],
  });
  const requests = [requestRow({ from: "web-v1", to: "cart-v1", service: "cart", perSecond: 3 })];
  const graph = graphOf({ requests, mesh }, { serviceNodes: true });
  expect(graph.nodes.flatMap((node) => explainNode(node, graph, mesh))).toEqual([]);
});
