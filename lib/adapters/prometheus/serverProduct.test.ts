import { expect, test } from "vitest";
import { recogniseProduct } from "./serverProduct.ts";

const PROMETHEUS = { version: "2.53.3", revision: "a1b2c3", branch: "HEAD", goVersion: "go1.22.5" };

test.each([
  { product: "Prometheus", buildinfo: PROMETHEUS, flags: { "storage.tsdb.retention.time": "15d" } },
  { product: "Thanos", buildinfo: { ...PROMETHEUS, version: "0.36.1" }, flags: { "query.replica-label": "[]" } },
  { product: "Grafana Mimir", buildinfo: { ...PROMETHEUS, application: "Grafana Mimir" }, flags: undefined },
  { product: "VictoriaMetrics", buildinfo: {}, headers: { "x-server-hostname": "vm-0" } },
  { product: "VictoriaMetrics", buildinfo: { version: "2.24.0" }, headers: { "x-server-hostname": "vm-0" } },
  // Cortex, or a proxy that lets only queries through.
  { product: undefined, buildinfo: undefined, flags: undefined },
  { product: undefined, buildinfo: "a page", flags: [] },
])("$product is known by what its status pages say", ({ product, buildinfo, flags, headers }) => {
  expect(recogniseProduct({ buildinfo, flags, headers: headers ?? {} })).toBe(product);
});
