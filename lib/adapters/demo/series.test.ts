import { describe, expect, test } from "vitest";
import { demoAtRest, NOON, never, withSpec } from "#test/builders/demo.ts";
import { type DemoSeries, demoSeries } from "./series.ts";

const REVIEWS = { group: "networking.istio.io", kind: "VirtualService", namespace: "bookinfo", name: "reviews" };

function identity({ metric, namespace, pod, labels }: DemoSeries): string {
  return `${metric} ${namespace}/${pod} ${JSON.stringify(labels)}`;
}

/** Increase a second of a metric between two moments, by reporter, edge and response. */
function increases(
  before: readonly DemoSeries[],
  after: readonly DemoSeries[],
  metric: string,
  seconds: number,
): Map<string, number> {
  const sums = new Map<string, number>();
  const add = (series: readonly DemoSeries[], sign: number) => {
    for (const { metric: name, labels, podApp, value } of series) {
      if (name !== metric) continue;
      const key = [
        labels["reporter"],
        labels["source_workload"],
        labels["source_workload_namespace"],
        labels["source_cluster"],
        labels["destination_service"],
        labels["destination_cluster"],
      ]
        .concat([labels["destination_workload"], labels["response_code"] ?? "", labels["grpc_response_status"] ?? ""])
        .concat([labels["response_flags"], labels["connection_security_policy"], podApp === "ztunnel" ? podApp : ""])
        .join(" ");
      sums.set(key, (sums.get(key) ?? 0) + (sign * value) / seconds);
    }
  };
  add(after, 1);
  add(before, -1);
  return sums;
}

describe("series", () => {
  test("increase by what readRates says", async () => {
    const { mesh, rates } = demoAtRest();
    const report = await rates(NOON, 300);
    const [before, after] = [[...demoSeries(mesh, NOON - 300)], [...demoSeries(mesh, NOON)]];
    const requests = increases(before, after, "istio_requests_total", 300);
    for (const row of report.requests) {
      const key = [
        row.reporter,
        row.sourceWorkload,
        row.sourceNamespace,
        row.sourceCluster,
        row.destinationService,
        row.destinationCluster,
        row.destinationWorkload,
      ]
        .concat([row.responseCode, row.grpcStatus, row.responseFlags, row.securityPolicy, ""])
        .join(" ");
      expect(requests.get(key)).toBeCloseTo(row.perSecond, 6);
      requests.delete(key);
    }
    for (const left of requests.values()) expect(left).toBeCloseTo(0, 6);
    const sent = increases(before, after, "istio_tcp_sent_bytes_total", 300);
    for (const row of report.tcp.filter(({ metric }) => metric === "sentBytes")) {
      const key = [
        row.reporter,
        row.sourceWorkload,
        row.sourceNamespace,
        row.sourceCluster,
        row.destinationService,
        row.destinationCluster,
        row.destinationWorkload,
      ]
        .concat(["", "", row.responseFlags, row.securityPolicy, row.reporterApp === "ztunnel" ? "ztunnel" : ""])
        .join(" ");
      expect(sent.get(key) ?? 0).toBeCloseTo(row.perSecond, 4);
    }
  });

  test("never decrease and never vanish, whatever is changed meanwhile", async () => {
    const { mesh, clock } = demoAtRest();
    const last = new Map<string, number>();
    const observe = () => {
      const seen = new Map([...demoSeries(mesh, clock.nowSeconds())].map((series) => [identity(series), series.value]));
      expect([...last].filter(([key, value]) => (seen.get(key) ?? -1) < value)).toEqual([]);
      for (const [key, value] of seen) last.set(key, value);
    };
    observe();
    for (const subset of ["v1", "v3", "v2"]) {
      await mesh.cluster.apply(
        withSpec(mesh, REVIEWS, {
          hosts: ["reviews"],
          http: [{ route: [{ destination: { host: "reviews", subset } }] }],
        }),
      );
      clock.advance(45);
      observe();
    }
  });

  test("are unique, and keep the same label objects from moment to moment", () => {
    const { mesh } = demoAtRest();
    const series = [...demoSeries(mesh, NOON)];
    expect(new Set(series.map(identity)).size).toBe(series.length);
    const later = [...demoSeries(mesh, NOON + 15)];
    expect(later.slice(0, series.length).every((item, place) => item.labels === series[place]?.labels)).toBe(true);
  });

  test("are exposed by pods that exist", () => {
    const { mesh } = demoAtRest();
    const pods = new Set(
      mesh.clusters
        .flatMap((cluster) => cluster.snapshot().index.list("/Pod"))
        .map((pod) => `${pod.metadata.namespace}/${pod.metadata.name}`),
    );
    // The pods of the previous payments image are gone; what they counted is not.
    const gone = [...demoSeries(mesh, NOON)].filter(({ namespace, pod }) => !pods.has(`${namespace}/${pod}`));
    expect(new Set(gone.map(({ pod }) => pod.replace(/-[^-]+-[^-]+$/, "")))).toEqual(new Set(["payments-v1"]));
  });

  test("hold histograms with Istio's buckets that end at the count, and agree with the latency lane", async () => {
    const { mesh } = demoAtRest();
    const mine = [...demoSeries(mesh, NOON)].filter(
      ({ labels }) => labels["reporter"] === "destination" && labels["destination_workload"] === "details-v1",
    );
    const buckets = mine.filter(({ metric }) => metric === "istio_request_duration_milliseconds_bucket");
    expect(buckets.map(({ labels }) => labels["le"])).toEqual(
      "0.5 1 5 10 25 50 100 250 500 1000 2500 5000 10000 30000 60000 300000 600000 1800000 3600000 +Inf".split(" "),
    );
    const value = (metric: string) => mine.find((series) => series.metric === metric)?.value ?? 0;
    expect(buckets.at(-1)?.value).toBeCloseTo(value("istio_request_duration_milliseconds_count"), 6);
    const request = { atSeconds: NOON, windowSeconds: 300, namespaces: ["bookinfo"] };
    const { durations } = await mesh.telemetry.readLatency(request, never);
    const row = durations.find((item) => item.reporter === "destination" && item.destinationWorkload === "details-v1");
    const mean = value("istio_request_duration_milliseconds_sum") / value("istio_request_duration_milliseconds_count");
    expect((row?.millisecondsPerSecond ?? 0) / (row?.countPerSecond ?? 1)).toBeCloseTo(mean, 6);
  });

  test("carry Istio's labels", () => {
    const { mesh } = demoAtRest();
    const labels = [...demoSeries(mesh, NOON)].find(
      ({ metric, labels: { reporter, request_protocol: protocol } }) =>
        metric === "istio_requests_total" && reporter === "destination" && protocol === "grpc",
    )?.labels;
    const peer = [
      "workload",
      "workload_namespace",
      "principal",
      "app",
      "version",
      "cluster",
      "canonical_service",
      "canonical_revision",
    ];
    expect(Object.keys(labels ?? {}).sort()).toEqual(
      [
        ...peer.flatMap((label) => [`source_${label}`, `destination_${label}`]),
        ...["destination_service", "destination_service_name", "destination_service_namespace"],
        ...[
          "reporter",
          "request_protocol",
          "response_code",
          "grpc_response_status",
          "response_flags",
          "connection_security_policy",
        ],
      ].sort(),
    );
    expect(labels?.["source_principal"]).toMatch(/^spiffe:\/\/cluster\.local\/ns\/travel-agency\/sa\//);
  });
});
