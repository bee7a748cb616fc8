import { expect, test } from "vitest";
import { demoAtRest, NOON } from "#test/builders/demo.ts";
import { demoMetricsText } from "./metricsText.ts";
import { demoSeries } from "./series.ts";

test("every series of the mesh is a line, with the labels a scrape adds", async () => {
  const { mesh } = demoAtRest();
  const lines =
    (await demoMetricsText(mesh, NOON))?.split("\n").filter((line) => line !== "" && !line.startsWith("#")) ?? [];
  expect(lines).toHaveLength([...demoSeries(mesh, NOON)].length);
  expect(
    lines.every((line) => /^istio_[a-z_]+\{.*namespace="[^"]+",pod="[^"]+",app="[^"]*"\} [0-9.e+-]+$/.test(line)),
  ).toBe(true);
});

test("each family is announced once, with its type", async () => {
  const { mesh } = demoAtRest();
  const types = (await demoMetricsText(mesh, NOON))?.split("\n").filter((line) => line.startsWith("# TYPE ")) ?? [];
  expect(new Set(types).size).toBe(types.length);
  expect(types).toContain("# TYPE istio_requests_total counter");
  expect(types).toContain("# TYPE istio_request_duration_milliseconds histogram");
});

test("a pod exposes what its own proxy counted, as the proxy would", async () => {
  const { mesh } = demoAtRest();
  const pod = mesh.cluster
    .snapshot()
    .index.list("/Pod", "bookinfo")
    .find(({ metadata }) => metadata.name.startsWith("details-v1-"))?.metadata.name;
  const text = await demoMetricsText(mesh, NOON, { namespace: "bookinfo", pod: pod ?? "" });
  expect(text).toContain('istio_requests_total{reporter="destination",source_workload="productpage-v1"');
  expect(text).not.toContain("pod=");
  expect(text).not.toContain('reporter="source"');
});

test("a pod that does not exist has no metrics", async () => {
  const { mesh } = demoAtRest();
  expect(await demoMetricsText(mesh, NOON, { namespace: "bookinfo", pod: "nobody" })).toBeUndefined();
});

test("a pod of the second cluster is found like one of the first", async () => {
  const { mesh } = demoAtRest();
  const west = mesh.clusters.find(({ cluster }) => cluster === "west")?.snapshot().index;
  const pod = west?.list("/Pod", "travel-agency").find(({ metadata }) => metadata.name.startsWith("cars-v1-"));
  const text = await demoMetricsText(mesh, NOON, { namespace: "travel-agency", pod: pod?.metadata.name ?? "" });
  expect(text).toContain('source_cluster="primary"');
  expect(text).toContain('destination_cluster="west"');
});
