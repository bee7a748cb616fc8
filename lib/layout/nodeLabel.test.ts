import { expect, it } from "vitest";
import { lineEms, middleEllipsis, wrapLabel } from "./nodeLabel.ts";

it.each([
  ["reviews-v3", ["reviews-v3"]],
  ["istio-ingressgateway", ["istio-", "ingressgateway"]],
  ["PassthroughCluster", ["Passthrough", "Cluster"]],
  ["api.payments.example.com", ["api.payments.", "example.com"]],
  ["points-api.loyalty.svc.cluster.local", ["points-api.", "loyalty"]],
  ["web.a.svc.cluster.local", ["web.a"]],
  ["abcdefghijklmnopqrstuvwxyz", ["abcdefghijklmn", "opqrstuvwxyz"]],
])("writes %s in at most two lines", (name, lines) => {
  expect(wrapLabel(name)).toEqual(lines);
});

it("keeps both ends of a name that is too long", () => {
  expect(wrapLabel("cello-recommendations-2026-canary")).toEqual(["cello-", "recomme…canary"]);
  expect(middleEllipsis("productpage-v1-canary", 17)).toBe("productp…1-canary");
});

it("counts letters, not code units", () => {
  expect(middleEllipsis("🐟🐟🐟🐟🐟🐟", 5)).toBe("🐟🐟…🐟🐟");
});

it("knows wide names from narrow ones of as many letters", () => {
  expect(lineEms("tiffi-till")).toBeLessThan(0.7 * lineEms("woodlander"));
  expect(lineEms("🐟🐟")).toBeGreaterThan(lineEms("fa"));
});
