/** The HTTP API as scripts use it, on the demo mesh. */
import { expect, test } from "@playwright/test";
import { compareSchema } from "#lib/api/compare.ts";
import { graphSchema } from "#lib/api/graph.ts";
import { namespacesSchema } from "#lib/api/namespaces.ts";
import { readingSchema } from "#lib/api/reading.ts";
import { seriesSchema } from "#lib/api/series.ts";

test("a reading keeps its schema, is compressed, and is not sent twice", async ({ request }) => {
  const first = await request.get("/api/v1/reading?window=300&latency=bookinfo");
  expect(first.headers()["content-encoding"]).toMatch(/br|gzip/);
  const reading = readingSchema.parse(await first.json());
  expect(reading.latency?.le.at(-1)).toBe("+Inf");
  const etag = first.headers()["etag"] ?? "";
  const again = await request.get("/api/v1/reading?window=300&latency=bookinfo", {
    headers: { "if-none-match": etag },
  });
  expect(again.status()).toBe(304);
});

test("the graph keeps its schema, and services stand between callers and workloads unless asked otherwise", async ({
  request,
}) => {
  const get = async (query: string) => graphSchema.parse(await (await request.get(`/api/v1/graph?${query}`)).json());
  const graph = await get("namespaces=bookinfo&duration=5m");
  const ids = graph.nodes.map(({ id }) => id);
  expect(ids).toContain("service/primary/bookinfo/reviews");
  expect(ids).toContain("workload/primary/bookinfo/reviews-v3");
  const latencies = graph.edges.flatMap((edge) =>
    "latency" in edge && edge.latency !== undefined ? [edge.latency] : [],
  );
  expect(latencies.some(({ p95 }) => p95 !== undefined)).toBe(true);

  const bare = await get("namespaces=bookinfo&duration=5m&serviceNodes=false");
  const sources = bare.edges.map(({ source }) => source);
  expect(sources.filter((source) => source.startsWith("service/"))).toEqual([]);
});

test("the graph leaves as DOT, CSV and Cytoscape JSON", async ({ request }) => {
  const get = (format: string) => request.get(`/api/v1/graph?namespaces=cello&format=${format}`);
  const dot = await get("dot");
  expect(dot.headers()["content-type"]).toBe("text/vnd.graphviz; charset=utf-8");
  expect(await dot.text()).toMatch(/^digraph mesh \{[\s\S]*"workload\/primary\/cello\/cello-app-v2"[\s\S]*\}\n$/);
  expect(await (await get("csv")).text()).toContain(",cello,cello-app-v2,http,");
  const { elements } = (await (await get("cytoscape")).json()) as { elements: { nodes: unknown[]; edges: unknown[] } };
  expect(elements.nodes.length).toBeGreaterThan(3);
});

test("the graph can be narrowed as the map can, and says where an expression goes wrong", async ({ request }) => {
  const get = (query: string) => request.get(`/api/v1/graph?namespaces=bookinfo&${query}`);
  const hidden = graphSchema.parse(await (await get("hide=workload+^%3D+reviews")).json());
  expect(hidden.nodes.map(({ workload }) => workload)).not.toContain("reviews-v1");
  const reviews = "service/primary/bookinfo/reviews";
  const around = graphSchema.parse(await (await get(`focus=${reviews}&direction=down`)).json());
  expect(around.nodes.map(({ id }) => id).sort()).toEqual([
    reviews,
    ...["v1", "v2", "v3"].map((version) => `workload/primary/bookinfo/reviews-${version}`),
  ]);
  const path = `workload/primary/bookinfo/productpage-v1,${reviews}`;
  expect(graphSchema.parse(await (await get(`path=${path}`)).json()).edges).toHaveLength(1);
  expect(await (await get("hide=rt+%3E")).json()).toMatchObject({
    status: 400,
    detail: "hide: expected a value after `>`, at character 5",
  });
});

test("two moments are compared, and an unchanged mesh has no changes", async ({ request }) => {
  const at = Date.parse("2026-11-20T14:00:00Z") / 1000;
  const get = async (query: string) =>
    compareSchema.parse(await (await request.get(`/api/v1/compare?namespaces=bookinfo&at=${at}&${query}`)).json());
  const same = await get(`with=${at}`);
  expect(same.edges.filter(({ significant }) => significant)).toEqual([]);
  const hour = await get(`with=${at - 3600}&duration=10m`);
  expect(hour).toMatchObject({ before: { windowSeconds: 600 }, after: { asOf: at } });
  expect(hour.edges.length).toBeGreaterThan(5);
});

test("namespaces and series keep their schemas", async ({ request }) => {
  const { namespaces } = namespacesSchema.parse(await (await request.get("/api/v1/namespaces")).json());
  expect(namespaces).toContainEqual(expect.objectContaining({ cluster: "primary", name: "bookinfo", mode: "sidecar" }));
  const end = Date.parse("2026-11-20T14:00:00Z") / 1000;
  const query = `scope=workload:bookinfo/reviews-v3&start=${end - 600}&end=${end}&step=60`;
  const series = seriesSchema.parse(await (await request.get(`/api/v1/series?${query}`)).json());
  expect(series.requestsPerSecond).toHaveLength(11);
  expect(Math.min(...series.requestsPerSecond.map((rate) => rate ?? 0))).toBeGreaterThan(0);
});

test("a wrong parameter is a problem document that names it", async ({ request }) => {
  const response = await request.get("/api/v1/reading?window=yesterday");
  expect(response.status()).toBe(400);
  expect(response.headers()["content-type"]).toBe("application/problem+json");
  expect(await response.json()).toMatchObject({
    status: 400,
    detail: expect.stringContaining("window: must be seconds"),
  });
});

test("the API describes itself, and every path that it says can be read answers", async ({ request }) => {
  const document = (await (await request.get("/api/v1/openapi.json")).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  const { "/api/v1/events": stream, ...paths } = document.paths;
  expect(stream).toHaveProperty("get");
  const readable = Object.keys(paths).filter((path) => paths[path]?.["get"] !== undefined);
  expect(readable).toContain("/api/v1/reading");
  const answers = await Promise.all(readable.map(async (path) => [path, (await request.get(path)).status()]));
  // Those with a parameter that must be given say so.
  expect(answers.filter(([, status]) => status !== 200 && status !== 400)).toEqual([]);
  expect(answers).toContainEqual(["/api/v1/clusters", 200]);
});

test("the demo's proxies and the server itself can be scraped", async ({ request }) => {
  const all = await (await request.get("/demo/metrics")).text();
  expect(all).toMatch(/^istio_requests_total\{.*destination_workload="reviews-v3".*\} \d/m);
  expect((await request.get("/demo/metrics/bookinfo/no-such-pod")).status()).toBe(404);
  await request.get("/api/v1/namespaces");
  const own = await (await request.get("/metrics")).text();
  expect(own).toMatch(/meshscope_http_requests_total\{route="namespaces",status="200"\} \d+/);
  expect(await (await request.get("/healthz")).text()).toBe("ok\n");
  expect(await (await request.get("/readyz")).json()).toMatchObject({ ready: true });
});
