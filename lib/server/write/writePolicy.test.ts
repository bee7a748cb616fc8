import { describe, expect, test } from "vitest";
import type { Viewer } from "../access/viewer.ts";
import { requireWriting, type WriteQuestion, writePermission } from "./writePolicy.ts";

const nobody: Viewer = { id: "anonymous", name: "anonymous", groups: [], credentials: { kind: "process" } };
const jane: Viewer = { id: "jane", name: "jane", groups: [], credentials: { kind: "bearer", token: "t" } };
const proxied: Viewer = { ...jane, credentials: { kind: "impersonation", user: "jane", groups: [] } };

/** An anonymous viewer at the machine whose kubeconfig is used. */
const laptop: WriteQuestion = {
  writing: "enabled",
  settings: { AUTH: "anonymous" },
  viewer: nobody,
  writer: { processIs: "person" },
  peer: "127.0.0.1",
  passedOn: false,
};

function answer(question: Partial<WriteQuestion>): string {
  const permission = writePermission({ ...laptop, ...question });
  return permission.state === "enabled" ? "enabled" : permission.reason;
}

describe("writing", () => {
  test.each<[string, Partial<WriteQuestion>, string]>([
    ["for who sits at the machine with the kubeconfig", {}, "enabled"],
    ["for them over IPv6", { peer: "::1" }, "enabled"],
    ["for them over IPv4 in IPv6", { peer: "::ffff:127.0.0.1" }, "enabled"],
    ["not where it is off, whoever asks", { writing: "off", viewer: jane }, "writing-off"],
    ["not for somebody else in the network", { peer: "10.1.2.3" }, "not-local"],
    ["not where nobody knows who connects", { peer: "" }, "not-local"],
    ["not through a proxy on the same machine", { passedOn: true }, "not-local"],
    ["not for an anonymous viewer of a deployment in a cluster", { writer: { processIs: "account" } }, "anonymous"],
    [
      "not for a port-forward to it, which comes from its own machine",
      { writer: { processIs: "account" }, peer: "127.0.0.1" },
      "anonymous",
    ],
    [
      "with a token of one's own, from anywhere",
      { viewer: jane, settings: { AUTH: "token" }, peer: "10.1.2.3", writer: { processIs: "account" } },
      "enabled",
    ],
    [
      "on behalf of a person",
      { viewer: proxied, settings: { AUTH: "header" }, peer: "10.1.2.3", writer: { processIs: "account" } },
      "enabled",
    ],
    ["not for a person whom Kubernetes does not get to know", { settings: { AUTH: "oidc" } }, "not-as-you"],
    ["in the demo, where nothing is anybody's", { writer: { processIs: "nobody" }, peer: "10.1.2.3" }, "enabled"],
    ["not in a cluster without a connection", { viewer: jane, writer: undefined }, "no-writer"],
  ])("%s", (_, question, expected) => {
    expect(answer(question)).toBe(expected);
  });

  test("is not for whom nobody knows whether a proxy passed them on", () => {
    const { passedOn: _, ...unknown } = laptop;
    expect(writePermission(unknown)).toMatchObject({ reason: "not-local" });
  });

  test("that is refused says why and what to do", () => {
    expect(() => requireWriting(writePermission({ ...laptop, writing: "off" }))).toThrow(
      expect.objectContaining({
        status: 403,
        message: expect.stringContaining("off"),
        hint: expect.stringContaining("MESHSCOPE_WRITE"),
      }),
    );
  });
});
