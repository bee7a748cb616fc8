import { describe, expect, it } from "vitest";
import { drawnEdge, drawnNode, drawnTcpEdge, withTotals } from "#test/fixtures/graphs.ts";
import type { EdgeLabel } from "../viewState.ts";
import { describeEdge, drawnLock, edgeImportance, edgeLabelTexts, isIdle, strokeWidth } from "./edgeLook.ts";
import { nodeIcon } from "./icons.ts";
import { describeNode, nodeBadges, sizeStep } from "./nodeLook.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");

describe("nodes", () => {
  it("are described by type, name, namespace, health and rates", () => {
    const graph = withTotals(
      [drawnNode("bookinfo/reviews-v3", { health: "failing" }), drawnNode("bookinfo/productpage")],
      [drawnEdge("bookinfo/productpage", "bookinfo/reviews-v3", { rate: 12.4 })],
    );
    expect(plain(describeNode(graph.nodes[0]!))).toBe("workload reviews-v3, bookinfo, failing, 12.4 rps in");
    expect(plain(describeNode(graph.nodes[0]!, "west"))).toContain(", bookinfo in west, ");
  });

  it("that stand for a folded namespace or cluster say so", () => {
    const traits = { type: "box", cluster: "west" } as const;
    expect(describeNode(drawnNode("news", { ...traits, namespace: "news" }), "west")).toBe(
      "namespace news, west, healthy",
    );
    expect(describeNode(drawnNode("west", traits), "west")).toBe("cluster west, healthy");
  });

  it("grow in three steps with their busier side", () => {
    const steps = [0.5, 20, 400].map((rate) => {
      const graph = withTotals([drawnNode("a/x"), drawnNode("a/y")], [drawnEdge("a/x", "a/y", { rate })]);
      return graph.nodes.map(sizeStep);
    });
    expect(steps).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  it("show at most two badges, trouble before configuration", () => {
    expect(nodeBadges(["hasVirtualService", "hasTrafficSplit", "outOfMesh", "hasHttpRoute"])).toEqual([
      "noProxy",
      "split",
    ]);
    expect(nodeBadges(["hasVirtualService", "hasHttpRoute"])).toEqual(["routing"]);
    expect(nodeBadges(["idle"])).toEqual([]);
  });

  it("that only take TCP look like a database", () => {
    expect(nodeIcon({ type: "workload", namespace: "shop", flags: ["database"] })).toBe("database");
    expect(nodeIcon({ type: "service", namespace: "shop", flags: ["database"] })).toBe("service");
  });

  it("that may not be seen have a padlock; those that only the process may not read look as they are", () => {
    expect(nodeIcon({ type: "unknown", namespace: "", flags: ["inaccessible"] })).toBe("inaccessible");
    expect(nodeIcon({ type: "workload", namespace: "pay", flags: ["inaccessible"] })).toBe("workload");
  });
});

describe("edges", () => {
  it.each([
    [0, 1],
    [1, 1],
    [10, 2],
    [100, 3],
    [1000, 4],
    [1e6, 4],
  ])("at %d rps are %d px wide", (rate, width) => {
    expect(strokeWidth(drawnEdge("a", "b", { rate }))).toBe(width);
  });

  it("carry the figures asked for, without an error share of zero", () => {
    const edge = drawnEdge("a", "b", { rate: 12.4, p95: 61.5 });
    expect(edgeLabelTexts(edge, ["rate", "errors", "p95"]).map(plain)).toEqual(["12.4 rps · 61.5 ms", "12.4 rps"]);
    expect(edgeLabelTexts(edge, [])).toEqual([]);
  });

  it("shorten to the error share where there is one", () => {
    const edge = drawnEdge("a", "b", { rate: 12.4, errorPercent: 8 });
    expect(edgeLabelTexts(edge, ["rate", "errors", "mtls"]).map(plain)).toEqual([
      "12.4 rps · 8 % · mTLS 100 %",
      "12.4 rps · 8 %",
      "8 %",
    ]);
  });

  it("say bytes for TCP", () => {
    expect(edgeLabelTexts(drawnTcpEdge("a", "b", 1000), ["rate", "p95"]).map(plain)).toEqual(["1.20 kB/s"]);
  });

  it("say bytes to the server and back, and gRPC messages both ways, where they were asked for", () => {
    const edge = {
      ...drawnEdge("a", "b"),
      throughput: { requestBytesPerSecond: 4100, responseBytesPerSecond: 91_000 },
      messages: { sentPerSecond: 2, receivedPerSecond: 400 },
    };
    expect(edgeLabelTexts(edge, ["throughput"]).map(plain)).toEqual(["↑ 4.10 kB/s ↓ 91.0 kB/s"]);
    expect(edgeLabelTexts(edge, ["messages"]).map(plain)).toEqual(["↑ 2.00 mps ↓ 400 mps"]);
    expect(edgeLabelTexts(drawnEdge("a", "b"), ["throughput", "messages"])).toEqual([]);
  });

  it("are ranked by trouble, then by traffic", () => {
    const failing = drawnEdge("a", "b", { rate: 0.1, health: "failing" });
    const busy = drawnEdge("a", "b", { rate: 1e5 });
    const calm = drawnEdge("a", "b", { rate: 2 });
    expect(edgeImportance(failing)).toBeGreaterThan(edgeImportance(busy));
    expect(edgeImportance(busy)).toBeGreaterThan(edgeImportance(calm));
  });

  it("carry an open lock for plaintext, a broken one for some, and a closed one only when mTLS shares are asked for", () => {
    const lock = (mtlsPercent: number, ...labels: EdgeLabel[]) =>
      drawnLock(drawnEdge("a", "b", { mtlsPercent }), labels);
    expect([lock(0), lock(1), lock(99), lock(100), lock(100, "mtls")]).toEqual([
      "none",
      "partial",
      "partial",
      undefined,
      "full",
    ]);
    const { mtlsPercent: _, ...unreported } = drawnEdge("a", "b");
    expect(drawnLock(unreported, ["mtls"])).toBeUndefined();
  });

  it("are idle when nothing flows", () => {
    expect(isIdle(drawnEdge("a", "b", { rate: 0 }))).toBe(true);
    expect(isIdle(drawnTcpEdge("a", "b", 10))).toBe(false);
  });

  it("are described with both ends, protocol, health and figures", () => {
    const edge = drawnEdge("a", "b", { rate: 12.4, errorPercent: 8, health: "failing", mtlsPercent: 0 });
    expect(plain(describeEdge(edge, "productpage", "reviews"))).toBe(
      "productpage to reviews, HTTP, failing, 12.4 rps, 8 % errors, 0 % mTLS",
    );
  });
});
