import { describe, expect, it } from "vitest";
import { QUALITY_PROBLEMS } from "#lib/domain/telemetry/quality.ts";
import { explainQuality, explainReporters } from "./telemetryWords.ts";

describe("who reported an edge", () => {
  it("is said by role", () => {
    expect(explainReporters(["destination", "source"])).toBe("the server and the client");
    expect(explainReporters(["waypoint", "source", "ztunnel"])).toBe("a waypoint, the client, and ztunnels");
  });

  it("comes with what a missing side means", () => {
    expect(explainReporters(["source"])).toContain("no proxy answers at the other end");
    expect(explainReporters(["destination"])).toContain("the caller has no proxy");
  });

  it("is a dash where nobody says", () => {
    expect(explainReporters([])).toBe("—");
  });
});

describe("a data-quality note", () => {
  it("says how many rows, what is wrong and what to do, for every problem", () => {
    for (const problem of QUALITY_PROBLEMS) {
      const { title, hint } = explainQuality({ problem, rows: 1, examples: [] });
      expect(title).toMatch(/^1 telemetry row: ./);
      expect(hint).toMatch(/\.$/);
    }
  });

  it("counts in the plural", () => {
    expect(explainQuality({ problem: "bare-address", rows: 1200, examples: [] }).title).toMatch(
      /^1,200 telemetry rows:/,
    );
  });
});
