import { describe, expect, it } from "vitest";
import type { Reading, SourceView } from "#lib/api/reading.ts";
import { ageSeconds, failingSources, isStale, staleAfterSeconds } from "./freshness.ts";

const telemetry: SourceView = {
  id: "telemetry",
  name: "Prometheus",
  foundBy: "setting",
  status: { state: "ok", sinceSeconds: 0 },
  scrapeIntervalSeconds: 15,
};
const failing: SourceView["status"] = {
  state: "failing",
  sinceSeconds: 900,
  kind: "unreachable",
  message: "connection refused",
  hint: "Check the address.",
};

/** Only what freshness reads. */
function reading(parts: Partial<Reading>): Reading {
  return { asOf: 1000, now: 1010, windowSeconds: 300, historical: false, sources: [telemetry], ...parts } as Reading;
}

describe("the age of a reading", () => {
  it("adds the server's lag to the browser's elapsed time, whatever the browser's clock says", () => {
    // The browser lives in 1970; 10 s at the server + 5 s here.
    expect(ageSeconds(reading({}), 7000, 12_000)).toBe(15);
  });

  it("is never negative when a clock is set back", () => {
    expect(ageSeconds(reading({ now: 990 }), 7000, 3000)).toBe(0);
  });
});

describe("stale", () => {
  it("means four scrapes, two refreshes or a minute without news", () => {
    expect(staleAfterSeconds(undefined, 0)).toBe(60);
    expect(staleAfterSeconds(60, 15)).toBe(240);
    expect(staleAfterSeconds(15, 60)).toBe(120);
  });

  it("begins after that age", () => {
    expect(isStale(reading({}), 60, 15)).toBe(false);
    expect(isStale(reading({}), 61, 15)).toBe(true);
  });

  it("begins later for long windows: of a week after a hundredth of it", () => {
    const week = reading({ windowSeconds: 604_800 });
    expect(isStale(week, 6048, 15)).toBe(false);
    expect(isStale(week, 6049, 15)).toBe(true);
  });

  it("is said at once when telemetry fails", () => {
    expect(isStale(reading({ sources: [{ ...telemetry, status: failing }] }), 5, 15)).toBe(true);
  });

  it("is never said of a chosen moment", () => {
    expect(isStale(reading({ historical: true }), 86_400, 15)).toBe(false);
  });
});

it("lists failing sources, telemetry first", () => {
  const cluster = { ...telemetry, id: "cluster/primary", status: failing };
  const sources = [cluster, { ...telemetry, status: failing }, { ...telemetry, id: "cluster/other" }];
  expect(failingSources(reading({ sources })).map(({ id }) => id)).toEqual(["telemetry", "cluster/primary"]);
});
