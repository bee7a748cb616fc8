/** The recording rules as files: one for Prometheus' rule_files, and one for the Prometheus operator. */
import { stringify } from "yaml";
import { shortDuration } from "#lib/adapters/prometheus/recordedNames.ts";
import { type RuleOptions, recordingRules } from "#lib/adapters/prometheus/recordingRules.ts";

export const DEFAULT_RULES: RuleOptions = { windowSeconds: 300, intervalSeconds: 30, shards: [], keepLabels: [] };

/** File name → text. */
export function ruleFiles(options: RuleOptions): Readonly<Record<string, string>> {
  const groups = recordingRules(options);
  const header = `# Rates of Istio's metrics for Meshscope, computed ahead. Written by: npm run rules${optionsText(options)}\n`;
  const prometheusRule = {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "PrometheusRule",
    metadata: { name: "meshscope-rules", labels: { "app.kubernetes.io/name": "meshscope" } },
    spec: { groups },
  };
  return {
    "meshscope-rules.yaml": header + stringify({ groups }, { lineWidth: 0 }),
    "prometheusrule.yaml": header + stringify(prometheusRule, { lineWidth: 0 }),
  };
}

function optionsText({ windowSeconds, intervalSeconds, shards, keepLabels }: RuleOptions): string {
  const words = [
    ...(windowSeconds === DEFAULT_RULES.windowSeconds ? [] : ["--window", shortDuration(windowSeconds)]),
    ...(intervalSeconds === DEFAULT_RULES.intervalSeconds ? [] : ["--interval", shortDuration(intervalSeconds)]),
    ...shards.flatMap((names) => ["--shard", names.join(",")]),
    ...keepLabels.flatMap((label) => ["--keep-label", label]),
  ];
  return words.length === 0 ? "" : ` -- ${words.join(" ")}`;
}
