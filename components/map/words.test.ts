import { describe, expect, it } from "vitest";
import type { HealthReason } from "#lib/domain/health/health.ts";
import { explainReason, explainResponseFlags, nodeName, summarizeReason } from "./words.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
const responses: HealthReason = {
  kind: "responses",
  health: "failing",
  protocol: "http",
  what: "5xx",
  percent: 12.44,
  degradedFromPercent: 0,
  failingFromPercent: 10,
  direction: "inbound",
};

describe("why something is not healthy", () => {
  it("is said with the share and what was counted", () => {
    expect(plain(summarizeReason(responses))).toBe("12.4 % of inbound HTTP requests end in 5xx");
  });

  it("names the protocol once", () => {
    const grpc: HealthReason = { ...responses, protocol: "grpc", what: "gRPC errors", direction: "edge" };
    expect(plain(summarizeReason(grpc))).toBe("12.4 % of requests end in gRPC errors");
  });

  it("is explained with the thresholds it was judged by", () => {
    expect(plain(explainReason(responses))).toContain("; any is degraded, 10 % failing");
    const clientErrors = { ...responses, what: "4xx", degradedFromPercent: 10, failingFromPercent: 20 };
    expect(plain(explainReason(clientErrors))).toContain("; 10 % is degraded, 20 % failing");
  });

  it("counts replicas", () => {
    const replicas: HealthReason = { kind: "replicas", health: "degraded", desired: 3, available: 1 };
    expect(explainReason(replicas)).toBe("1 of 3 replicas are available");
    expect(explainReason({ ...replicas, desired: 0, available: 0 })).toBe("scaled to zero");
  });
});

it("explains Envoy's response flags, and leaves out those it does not know", () => {
  expect(explainResponseFlags("UF,URX")).toBe(
    "upstream could not be connected to, retries or connection attempts used up",
  );
  expect(explainResponseFlags("ZZ")).toBe("");
  expect(explainResponseFlags("-")).toBe("");
});

it("names a node with its version, unless the name says it", () => {
  expect(nodeName({ label: "reviews", version: "v3" })).toBe("reviews v3");
  expect(nodeName({ label: "reviews-v3", version: "v3" })).toBe("reviews-v3");
  expect(nodeName({ label: "gateway", version: "latest" })).toBe("gateway");
});
