import { describe, expect, test } from "vitest";
import { SourceError, type SourceStatus } from "#lib/ports.ts";
import { clusterStatus, kindStatus } from "./clusterStatus.ts";
import { errorOfStatus, KubeStatus } from "./kubeError.ts";
import type { ReflectorState } from "./reflector.ts";

const ok: SourceStatus = { state: "ok", sinceSeconds: 10 };
const watching: ReflectorState = { state: "watching" };
const listing: ReflectorState = { state: "listing" };
const absent: ReflectorState = { state: "absent" };

function troubled(code: number, state: "denied" | "failing" = "failing", retryAtSeconds = 120): ReflectorState {
  return { state, error: errorOfStatus(new KubeStatus(code, "", "words"), "GET /x"), retryAtSeconds };
}

describe("clusterStatus", () => {
  test("one kind that works makes a cluster that works", () => {
    expect(clusterStatus(ok, undefined, [watching, troubled(500), troubled(403, "denied")], 100)).toBe(ok);
  });

  test("no kind that works and one that fails makes a failing cluster, to be tried again at the earliest attempt", () => {
    const states = [troubled(500, "failing", 130), troubled(500, "failing", 115), listing, absent];
    expect(clusterStatus(ok, undefined, states, 100)).toMatchObject({
      state: "failing",
      sinceSeconds: 100,
      kind: "unreachable",
      retryAtSeconds: 115,
    });
  });

  test("it has been failing since it began to", () => {
    const first = clusterStatus(ok, undefined, [troubled(500)], 100);
    expect(clusterStatus(first, undefined, [troubled(503)], 160)).toMatchObject({ sinceSeconds: 100 });
  });

  test("refused credentials fail the cluster though old watches still run", () => {
    expect(clusterStatus(ok, undefined, [watching, troubled(401)], 100)).toMatchObject({
      state: "failing",
      kind: "denied",
    });
  });

  test("a failing discovery is not shown while kinds are watched", () => {
    const error = new SourceError({ source: "kubernetes", kind: "timeout", message: "slow", hint: "" });
    expect(clusterStatus(ok, { error, retryAtSeconds: 1 }, [watching], 100)).toBe(ok);
    expect(clusterStatus(ok, { error, retryAtSeconds: 1 }, [], 100)).toMatchObject({ kind: "timeout" });
  });

  test("nothing but forbidden kinds is a failing cluster", () => {
    expect(clusterStatus(ok, undefined, [troubled(403, "denied"), absent], 100)).toMatchObject({ kind: "denied" });
  });

  test("while everything is being listed the last word stands", () => {
    const starting: SourceStatus = { state: "starting", sinceSeconds: 1 };
    expect(clusterStatus(starting, undefined, [listing, listing], 100)).toBe(starting);
    expect(clusterStatus(ok, undefined, [listing], 100)).toBe(ok);
  });
});

describe("kindStatus", () => {
  const jobs = { group: "batch", kind: "Job", plural: "jobs", namespaced: true, family: "core" } as const;

  test("is absent without reflectors", () => {
    expect(kindStatus(jobs, [])).toEqual({ group: "batch", kind: "Job", state: "absent" });
  });

  test("is as bad as its worst namespace, and names it", () => {
    const status = kindStatus(jobs, [
      { state: watching, namespace: "a", skipped: 0 },
      { state: troubled(403, "denied"), namespace: "b", skipped: 0 },
    ]);
    expect(status).toEqual({
      group: "batch",
      kind: "Job",
      state: "denied",
      message: "not allowed to read jobs.batch in b: grant list and watch on jobs.batch",
    });
  });

  test("says how much was left out", () => {
    expect(kindStatus(jobs, [{ state: watching, skipped: 2 }]).message).toBe(
      "2 unreadable answers about jobs.batch left out",
    );
  });
});
