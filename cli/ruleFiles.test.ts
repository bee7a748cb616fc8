import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { findPrometheus } from "#test/prometheus/findPrometheus.ts";
import { DEFAULT_RULES, ruleFiles } from "./ruleFiles.ts";

const SHARDED = { ...DEFAULT_RULES, shards: [["shop", "pay.v2"], ["search"]], keepLabels: ["mesh"] };

function rulesOf(options = DEFAULT_RULES) {
  const { groups } = parse(ruleFiles(options)["meshscope-rules.yaml"] ?? "") as {
    groups: { name: string; interval: string; rules: { record: string; expr: string; labels?: object }[] }[];
  };
  return groups;
}

test("the files in deploy/prometheus are what npm run rules writes", () => {
  for (const [name, text] of Object.entries(ruleFiles(DEFAULT_RULES))) {
    expect(readFileSync(join("deploy/prometheus", name), "utf8")).toBe(text);
  }
});

test.each([
  ["as shipped", DEFAULT_RULES],
  ["in shards, with a label kept", SHARDED],
])("promtool accepts the rules %s", (_, options) => {
  const directory = mkdtempSync(join(tmpdir(), "meshscope-rules-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, "rules.yaml");
  writeFileSync(file, ruleFiles(options)["meshscope-rules.yaml"] ?? "");
  expect(execFileSync(findPrometheus().promtool, ["check", "rules", file], { encoding: "utf8" })).toContain("SUCCESS");
});

test("every call is in exactly one shard, and the last one takes what no list names", () => {
  const selectors = rulesOf(SHARDED)
    .filter(({ name }) => name.startsWith("meshscope-rates"))
    .map(({ rules }) => /destination_service_namespace[^,]+/.exec(rules[1]?.expr.split("{")[1] ?? "")?.[0]);
  expect(selectors).toEqual([
    'destination_service_namespace=~"shop|pay\\\\.v2"}[300s]))',
    'destination_service_namespace="search"}[300s]))',
    'destination_service_namespace!~"shop|pay\\\\.v2|search"}[300s]))',
  ]);
});

test("a kept label stays in every recorded series and on every marker", () => {
  const expressions = rulesOf(SHARDED).flatMap(({ rules }) => rules.map(({ expr }) => expr));
  expect(expressions.filter((expr) => !/^(sum|group) by \(mesh,/.test(expr))).toEqual([]);
});

test("rates are recorded, never quantiles or sums of counters", () => {
  const recorded = rulesOf().flatMap(({ rules }) => rules.filter(({ record }) => record.startsWith("meshscope_edge:")));
  expect(recorded.map(({ record }) => record)).toEqual([
    "meshscope_edge:istio_requests:rate5m",
    "meshscope_edge:istio_tcp_sent_bytes:rate5m",
    "meshscope_edge:istio_tcp_received_bytes:rate5m",
    "meshscope_edge:istio_tcp_connections_opened:rate5m",
    "meshscope_edge:istio_request_duration_milliseconds_sum:rate5m",
    "meshscope_edge:istio_request_duration_milliseconds_count:rate5m",
    "meshscope_edge:istio_request_duration_milliseconds_bucket:rate5m",
  ]);
  for (const { expr } of recorded) expect(expr).toMatch(/^sum by \([^)]+\) \(rate\(istio_\S+\[300s\]\)\)/);
});

test("options of which no complete set can be made are refused", () => {
  expect(() => ruleFiles({ ...DEFAULT_RULES, windowSeconds: 100 })).toThrow("no multiple of the interval");
  expect(() => ruleFiles({ ...DEFAULT_RULES, shards: [["a"], ["b", "a"]] })).toThrow('"a" is empty or in two shards');
});
