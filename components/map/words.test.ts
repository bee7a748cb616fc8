import { describe, expect, it } from "vitest";
import { formatNodeId } from "#lib/domain/graph/ids.ts";
import type { HealthReason } from "#lib/domain/health/health.ts";
import { GRPC_ERROR_CODES } from "#lib/domain/health/tolerances.ts";
import { explainReason, explainResponseFlags, nameInId, nodeName, summarizeReason, tooltip } from "./words.ts";

const plain = (text: string) => text.replaceAll("\u00a0", " ");
const responses: HealthReason = {
  kind: "responses",
  health: "failing",
  protocol: "http",
  code: "5XX",
  percent: 12.44,
  count: 37.3,
  total: 299.8,
  degradedFromPercent: 0.1,
  failingFromPercent: 10,
  origin: { kind: "default" },
  isTooFew: false,
  direction: "inbound",
};

describe("why something is not healthy", () => {
  it("is said with the share and what was counted", () => {
    expect(plain(summarizeReason(responses))).toBe("12.4 % of inbound HTTP requests end in 5xx");
  });

  it("names the protocol once", () => {
    const grpc: HealthReason = { ...responses, protocol: "grpc", code: GRPC_ERROR_CODES, direction: "edge" };
    expect(plain(summarizeReason(grpc))).toBe("12.4 % of requests end in gRPC errors");
  });

  it("is explained with what the window held, the thresholds and whose they are", () => {
    expect(plain(explainReason(responses))).toBe(
      "12.4 % of inbound HTTP requests end in 5xx (37 of 300 in the window); degraded from 0.1 %, failing from 10 %, by default",
    );
    const clientErrors: HealthReason = {
      ...responses,
      code: "4XX|409",
      degradedFromPercent: 0,
      failingFromPercent: 20,
      origin: { kind: "setting", entry: 3 },
    };
    expect(plain(explainReason(clientErrors))).toContain("end in codes 4XX|409 (");
    expect(plain(explainReason(clientErrors))).toContain(
      "; any degrades, failing from 20 %, by entry 3 of the health.rate setting",
    );
  });

  it("says when there are too few requests to call it failing", () => {
    const few: HealthReason = {
      ...responses,
      health: "degraded",
      percent: 33.3,
      count: 0.98,
      total: 3,
      isTooFew: true,
    };
    expect(plain(explainReason(few))).toContain("(1 of 3 in the window, too few to call it failing)");
  });

  it("stands under the description where the pointer rests, the worst three", () => {
    const replicas: HealthReason = { kind: "replicas", health: "degraded", desired: 3, available: 1 };
    expect(tooltip("workload cart", [])).toBe("workload cart");
    expect(tooltip("workload cart", [replicas, replicas])).toBe("workload cart\n1 of 3 replicas are available");
    const four = [1, 2, 3, 4].map((available): HealthReason => ({ ...replicas, desired: 9, available }));
    expect(tooltip("workload cart", four).split("\n")).toHaveLength(4);
  });

  it("names the member of a folded namespace", () => {
    expect(plain(summarizeReason({ ...responses, of: "cart-v2" }))).toMatch(/^cart-v2: 12.4 % of inbound/);
  });

  it("counts proxies, and quotes an annotation that cannot be read", () => {
    const proxies: HealthReason = { kind: "proxies", health: "degraded", synced: 2, total: 3 };
    expect(explainReason(proxies)).toBe("1 of 3 proxies have not taken their newest configuration");
    const annotation: HealthReason = { kind: "annotation", health: "unknown", problem: "names no tolerance" };
    expect(explainReason(annotation)).toBe("its health annotation is ignored: names no tolerance");
  });

  it("counts replicas", () => {
    const replicas: HealthReason = { kind: "replicas", health: "degraded", desired: 3, available: 1 };
    expect(explainReason(replicas)).toBe("1 of 3 replicas are available");
    expect(explainReason({ ...replicas, desired: 0, available: 0 })).toBe("scaled to zero");
    expect(explainReason({ ...replicas, available: 3, current: 4 })).toBe(
      "4 pods run for 3 wanted: a rollout is under way, or stuck",
    );
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

it("keeps a name of the other direction from turning the sentence around it", () => {
  expect(nodeName({ label: "חנות", version: "v2" })).toBe("\u2068חנות v2\u2069");
});

it.each([
  [formatNodeId({ kind: "app", cluster: "primary", namespace: "shop", app: "café/été", version: "v2" }), "café/été v2"],
  [formatNodeId({ kind: "workload", cluster: "primary", namespace: "shop", workload: "cart-v1" }), "cart-v1"],
  [formatNodeId({ kind: "unknown", cluster: "primary" }), "unknown caller"],
  [formatNodeId({ kind: "box", cluster: "primary", namespace: "shop" }), "shop"],
  ["no id%", "no id%"],
])("names what is not drawn by its id: %s", (id, name) => {
  expect(nameInId(id)).toBe(name);
});
