import fc from "fast-check";
import { expect, test } from "vitest";
import { classifyResponse, isError, requestProtocol, responseCode } from "#lib/domain/telemetry/responseCode.ts";
import { DETAIL_QUERIES } from "./detailQueries.ts";
import {
  clientBuckets,
  clientRequests,
  durations,
  type QueryContext,
  serverBuckets,
  serverRequests,
  tcpTraffic,
} from "./queries.ts";
import { scopeMatchers } from "./scopeMatchers.ts";
import type { Matcher } from "./selector.ts";
import {
  ERROR_MATCHERS,
  p95OverTime,
  proxyBytesOverTime,
  requestsOverTime,
  tunnelBytesOverTime,
  tunnelsOverTime,
} from "./seriesQueries.ts";

const context: QueryContext = { scope: [], windowSeconds: 60 };

/** As Prometheus matches: anchored, and "" for an absent label. */
function isSelected(labels: Readonly<Record<string, string>>, matchers: readonly Matcher[]): boolean {
  return matchers.every(({ label, operator, value }) => {
    const said = labels[label] ?? "";
    const fits = operator.endsWith("~") ? new RegExp(`^(?:${value})$`).test(said) : said === value;
    return fits !== operator.startsWith("!");
  });
}

test("series call the same results errors as the map does, and none twice", () => {
  const codes = fc.constantFrom("", "0", "unknown", "200", "204", "301", "404", "429", "499", "500", "503", "504");
  const statuses = fc.constantFrom("", "0", "1", "4", "13", "14", "16");
  const protocols = fc.constantFrom("http", "grpc", "GRPC", "grpc-web", "http2", "");
  fc.assert(
    fc.property(protocols, codes, statuses, (reported, code, status) => {
      const protocol = requestProtocol(reported);
      fc.pre(protocol === "grpc" || status === "");
      const labels = { request_protocol: reported, response_code: code, grpc_response_status: status };
      const drawn = classifyResponse(protocol, responseCode({ protocol, responseCode: code, grpcStatus: status }));
      const selections = ERROR_MATCHERS.filter((matchers) => isSelected(labels, matchers));
      expect(selections).toHaveLength(isError(drawn) ? 1 : 0);
    }),
  );
});

test("a selector that names two reporters does so by regular expression", () => {
  const matchers = scopeMatchers({ kind: "workload", namespace: "shop", workload: "web" }, "inbound");
  const queries = [
    serverRequests(context),
    clientRequests(context),
    tcpTraffic(context),
    durations("server", context),
    durations("client", context),
    serverBuckets("shop", context),
    clientBuckets(["pay"], context),
    ...Object.values(DETAIL_QUERIES).map((query) => query(context)),
    ...[requestsOverTime, proxyBytesOverTime, tunnelBytesOverTime, tunnelsOverTime, p95OverTime].map((query) =>
      query(matchers, context),
    ),
  ];
  const reporters = queries.flatMap((query) => query.match(/reporter(=~|!~|!=|=)"[^"]*"/g) ?? []);
  expect(reporters.filter((matcher) => matcher.includes("|"))).not.toEqual([]);
  for (const matcher of reporters) expect(matcher).toMatch(/^reporter(=~"[^"]*\|[^"]*"|="[^"|]*")$/);
});

test("an edge between clusters leaves out calls whose cluster is not known: they count for the caller's", () => {
  const from = { kind: "workload", cluster: "east", namespace: "shop", workload: "web" } as const;
  const matcherOf = (cluster: string) =>
    scopeMatchers(
      { kind: "edge", from, to: { kind: "service", cluster, namespace: "shop", service: "cart" } },
      "inbound",
    ).find(({ label }) => label === "destination_cluster");
  expect(matcherOf("west")).toEqual({ label: "destination_cluster", operator: "=", value: "west" });
  expect(matcherOf("east")).toEqual({ label: "destination_cluster", operator: "=~", value: "east|unknown|" });
});

test("calls whose cluster is not known are left out where that is asked for", () => {
  const scope = { kind: "namespaces", cluster: "east", namespaces: ["shop"], exact: true } as const;
  const selected = (cluster: string) =>
    isSelected(
      { destination_cluster: cluster, destination_service_namespace: "shop" },
      scopeMatchers(scope, "inbound"),
    );
  expect(["east", "unknown", "", "west"].map(selected)).toEqual([true, false, false, false]);
});

test("a service leaves by the workloads it stands for, and is passed on the way to what is behind it", () => {
  const service = { kind: "service", namespace: "shop", service: "front" } as const;
  const to = { kind: "workload", namespace: "shop", workload: "cart" } as const;
  const labels = (from: typeof service & { readonly workloads?: readonly string[] }) =>
    scopeMatchers({ kind: "edge", from, to }, "inbound").map(({ label, value }) => `${label} ${value}`);
  expect(labels({ ...service, workloads: ["web-v1", "web.v2"] })).toContain("source_workload web-v1|web\\.v2");
  expect(labels(service)).toContain("destination_service_name front");
});

test("callers without a name and Envoy's clusters are found by what is missing", () => {
  const scope = { kind: "edge", from: { kind: "unknown" }, to: { kind: "blackhole" } } as const;
  const selected = (labels: Record<string, string>) => isSelected(labels, scopeMatchers(scope, "inbound"));
  const nobody = { source_workload: "unknown", destination_service_name: "BlackHoleCluster" };
  expect(selected(nobody)).toBe(true);
  expect(selected({ ...nobody, source_workload: "web" })).toBe(false);
  expect(selected({ ...nobody, source_canonical_service: "web" })).toBe(false);
  expect(selected({ ...nobody, destination_workload: "cart" })).toBe(false);
  expect(selected({ ...nobody, destination_service_name: "PassthroughCluster" })).toBe(false);
});
