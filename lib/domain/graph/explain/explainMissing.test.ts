import { describe, expect, it } from "vitest";
import type { DataPlaneMode } from "#lib/domain/mesh/meshNodes.ts";
import { graphOf, nodeOf, type World } from "#test/builders/graphWorld.ts";
import { meshNodes, serviceNode, workloadNode } from "#test/builders/mesh.ts";
import { requestRow, tcpRow } from "#test/builders/reports.ts";
import type { GraphOptions } from "../buildGraph.ts";
import { explainMissing } from "./explainMissing.ts";

function explain(world: World, options: Partial<GraphOptions> = {}, source = "web", target = "cart") {
  const graph = graphOf(world, { idleNodes: true, ...options });
  return explainMissing(nodeOf(graph, source), nodeOf(graph, target), graph, world.mesh ?? meshNodes());
}

const meshOf = (web: DataPlaneMode, cart: DataPlaneMode) =>
  meshNodes({ workloads: [workloadNode({ name: "web", mode: web }), workloadNode({ name: "cart", mode: cart })] });
const out = (from: string, to: string, service: string) => [
  requestRow({ from, to, service, perSecond: 1 }),
  requestRow({ from, to, service, perSecond: 1, reporter: "source" }),
];

it("has nothing to explain where there are calls, through a service and operations too", () => {
  const requests = out("web", "cart", "cart");
  expect(explain({ requests })).toBeUndefined();
  expect(explain({ requests }, { serviceNodes: true })).toBeUndefined();
});

describe("no edge between two nodes", () => {
  it("without a proxy: nobody would report it", () => {
    const { causes, evidence } = explain({ mesh: meshOf("none", "none") }) ?? {};
    expect(evidence?.map(({ value }) => value)).toEqual([
      "web in shop: has no proxy, sends nothing",
      "cart in shop: has no proxy, receives nothing",
    ]);
    expect(causes?.[0]).toMatch(/^Neither runs a proxy/);
  });

  it("of which only the called has one: the calls are among those from unknown", () => {
    const requests = [requestRow({ from: "", to: "cart", service: "cart", perSecond: 7 })];
    expect(explain({ requests, mesh: meshOf("none", "sidecar") })?.causes[0]).toBe(
      "web in shop runs no proxy: its calls are among the 7 requests/s from unknown callers.",
    );
  });

  it("of which only the called has one, and nobody unknown calls it: there is no call", () => {
    expect(explain({ mesh: meshOf("none", "sidecar") })?.causes[0]).toMatch(/it was not called\.$/);
  });

  it("of which only the caller has one: it may call by address", () => {
    const tcp = [tcpRow({ from: "web", to: "", service: "PassthroughCluster", reporter: "source", perSecond: 50 })];
    expect(explain({ tcp, mesh: meshOf("sidecar", "none") })?.causes[0]).toBe(
      "It may be called by address: web in shop sends 50 bytes/s to PassthroughCluster.",
    );
  });

  it("that talk through a third: the way is shown", () => {
    const requests = [...out("web", "api", "api"), ...out("api", "cart", "cart")];
    const found = explain({ requests, mesh: meshOf("sidecar", "sidecar") });
    expect(found?.evidence.at(-1)).toEqual({ label: "Way between them", value: "web → api → cart" });
    expect(found?.causes[0]).toMatch(/^The calls go through others/);
  });

  it("both ambient: connections are seen, requests are not", () => {
    expect(explain({ mesh: meshOf("ambient", "ambient") })?.causes[0]).toMatch(/^Without a waypoint/);
  });

  it("a caller whose proxy tells what it receives is scraped", () => {
    const requests = [requestRow({ from: "shelf", to: "web", service: "web", perSecond: 1 })];
    const causes = explain({ requests, mesh: meshOf("sidecar", "sidecar") })?.causes ?? [];
    expect(causes).toContain("There was no call in the window.");
    expect(causes.join(" ")).not.toContain("may not be scraped");
  });

  it("both with a proxy, the caller's not scraped", () => {
    const requests = [requestRow({ from: "web", to: "api", service: "api", perSecond: 1 })];
    expect(explain({ requests, mesh: meshOf("sidecar", "sidecar") })?.causes[0]).toMatch(/it may not be scraped\.$/);
  });

  it("both with a proxy and at work: there was no call", () => {
    const requests = [...out("web", "api", "api"), ...out("api", "web", "web"), ...out("other", "cart", "cart")];
    expect(explain({ requests, mesh: meshOf("sidecar", "sidecar") })?.causes[0]).toBe(
      "There was no call in the window.",
    );
  });

  it("one of which had no traffic at all", () => {
    const requests = out("web", "api", "api");
    expect(explain({ requests, mesh: meshOf("sidecar", "sidecar") })?.causes[0]).toBe(
      "cart in shop received nothing at all in the window.",
    );
  });

  it("both outside the chosen namespaces: such calls are not drawn", () => {
    const requests = [...out("web", "hub@hub", "hub"), ...out("hub@hub", "cart", "cart")];
    expect(explain({ requests }, { namespaces: new Set(["hub"]) })?.causes[0]).toMatch(/^Both lie outside/);
  });

  it("one of which is a service: what lies behind it decides", () => {
    const mesh = meshNodes({
      workloads: [workloadNode({ name: "web", mode: "none" }), workloadNode({ name: "cart-v1", mode: "none" })],
      services: [serviceNode({ name: "cart", workloads: ["cart-v1"] })],
    });
    const found = explain({ mesh }, { serviceNodes: true }, "web", "[cart]");
    expect(found?.causes[0]).toMatch(/^Neither runs a proxy/);
  });

  it("of which nothing is read", () => {
    const requests = [...out("web", "api", "api"), ...out("other", "cart", "cart")];
    expect(explain({ requests })?.causes[0]).toMatch(/^Whether one of them runs a proxy is not known/);
  });
});
