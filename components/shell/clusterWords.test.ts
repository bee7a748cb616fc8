import { expect, it } from "vitest";
import {
  type ClusterFactsView,
  certificateWords,
  isUnread,
  objectWords,
  unreadWords,
  writeWords,
} from "./clusterWords.ts";

const cluster: ClusterFactsView = {
  cluster: "east",
  status: { state: "ok", sinceSeconds: 0 },
  version: 1,
  namespaces: 12,
  kinds: [
    { group: "", kind: "Pod", state: "watching", objects: 1203 },
    { group: "", kind: "Node", state: "watching", objects: 0 },
    { group: "", kind: "Service", state: "denied", objects: 1, message: "grant list and watch on services" },
  ],
};

it("counts objects, the kinds there are any of, and namespaces", () => {
  expect(objectWords(cluster)).toBe("1,204 objects of 2 kinds in 12 namespaces");
  expect(objectWords({ ...cluster, kinds: cluster.kinds.slice(2), namespaces: 1 })).toBe(
    "1 object of 1 kind in 1 namespace",
  );
});

it("says whether the viewer may write, and why not", () => {
  expect(writeWords(cluster)).toBeUndefined();
  expect(writeWords({ ...cluster, writes: { state: "off" } })).toBe("Writing is off");
  expect(writeWords({ ...cluster, writes: { state: "not-yours", why: "Nobody logs in.", hint: "Log in." } })).toBe(
    "Writing is not for you here: Nobody logs in. Log in.",
  );
});

it("knows no figures of a cluster that was never reached, and the last ones of a cluster that is lost", () => {
  const failing = { state: "failing", sinceSeconds: 0, kind: "unreachable", message: "gone", hint: "" } as const;
  expect(isUnread({ ...cluster, status: failing, kinds: [] })).toBe(true);
  expect(isUnread({ ...cluster, status: failing })).toBe(false);
  expect(isUnread({ ...cluster, kinds: [] })).toBe(false);
});

it("names kinds that cannot be read, and what to grant", () => {
  expect(unreadWords(cluster)).toEqual(["Service objects are not shown: grant list and watch on services"]);
});

it("names certificates that need somebody, and is silent about the others", () => {
  const certificate = { namespace: "edge", name: "web", dnsNames: ["a.example", "b.example"], usedBy: [] };
  const certificates = [
    { ...certificate, state: "missing" as const, message: "no such Secret" },
    { ...certificate, state: "expired" as const, expiresAt: 5 },
    { ...certificate, state: "expiring" as const, expiresAt: 6 },
    { ...certificate, state: "valid" as const, expiresAt: 7 },
  ];
  expect(certificateWords({ ...cluster, certificates }, (seconds) => `at ${seconds}`)).toEqual([
    "Certificate edge/web (a.example, b.example) could not be read: no such Secret",
    "Certificate edge/web (a.example, b.example) ended at 5",
    "Certificate edge/web (a.example, b.example) ends at 6",
  ]);
});
