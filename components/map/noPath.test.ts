import { describe, expect, it } from "vitest";
import type { Reading } from "#lib/api/reading.ts";
import { formatNodeId } from "#lib/domain/graph/ids.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { meshNodes, workloadNode } from "#test/builders/mesh.ts";
import { rateReport, requestRow } from "#test/builders/reports.ts";
import { explainPath } from "./noPath.ts";
import { DEFAULT_VIEW, type MapViewState } from "./viewState.ts";

const workload = (name: string) =>
  formatNodeId({ kind: "workload", cluster: "primary", namespace: "shop", workload: name });

//   web ─▶ cart      mail (idle)
const { table } = mergeReports(
  rateReport({ requests: [requestRow({ from: "web", to: "cart", service: "cart", perSecond: 10 })] }),
);
const mesh = meshNodes({ workloads: ["web", "cart", "mail"].map((name) => workloadNode({ name })) });
const reading = { edges: table, mesh, windowSeconds: 300, health: { rate: [] } } as Partial<Reading> as Reading;

function explain(from: string, to: string) {
  const view: MapViewState = {
    ...DEFAULT_VIEW,
    graphType: "workload",
    focus: { kind: "path", from: workload(from), to: workload(to), ways: "shortest" },
  };
  return explainPath(reading, view, { from: workload(from), to: workload(to) });
}

describe("where no call leads from one node to another", () => {
  it("says why there is none, and that one leads back", () => {
    const found = explain("cart", "web");
    expect(found).toMatchObject({ kind: "none", leadsBack: true, explanation: { kind: "missing" } });
  });

  it("explains a node without any traffic, too", () => {
    expect(explain("web", "mail")).toMatchObject({
      kind: "none",
      leadsBack: false,
      explanation: { summary: "No proxy saw a call from web in shop to mail in shop in the window." },
    });
  });

  it("names the end that is not there", () => {
    expect(explain("web", "nobody")).toEqual({ kind: "absent", id: workload("nobody") });
  });
});
