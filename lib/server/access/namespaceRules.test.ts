import { describe, expect, test } from "vitest";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import type { AccessRules } from "#lib/ports.ts";
import { listableKinds, rulesAllow, seeNamespace } from "./namespaceRules.ts";

type Rule = AccessRules["rules"][number];
const rule = (verbs: string, groups: string, resources: string, names: readonly string[] = []): Rule => ({
  verbs: verbs.split(","),
  groups: groups.split(","),
  resources: resources.split(","),
  names,
});

describe("whether a namespace is seen", () => {
  test.each([
    ["get on namespaces", rule("get", "", "namespaces"), true],
    ["everything", rule("*", "*", "*"), true],
    ["get on this one by name", rule("get", "", "namespaces", ["shop"]), true],
    ["get on another by name", rule("get", "", "namespaces", ["bank"]), false],
    ["list, which is not get", rule("list", "", "namespaces"), false],
    ["get on namespaces of another group", rule("get", "example.org", "namespaces"), false],
    ["get on a part of them", rule("get", "", "namespaces/status"), false],
  ])("%s", (_, given, isSeen) => {
    expect(rulesAllow([given], seeNamespace("shop"))).toBe(isSeen);
  });
});

describe("which kinds may be listed", () => {
  test("those whose group and plural a rule names; kinds of one name in two groups are told apart", () => {
    const rules = [rule("get,list", "security.istio.io,apps", "authorizationpolicies,deployments")];
    expect(listableKinds(rules, MESH_KINDS)).toEqual(["apps/Deployment", "security.istio.io/AuthorizationPolicy"]);
  });

  test("none by a rule that is limited to names, or that only allows to get or watch", () => {
    const rules = [rule("list", "", "pods", ["web"]), rule("get,watch", "", "services")];
    expect(listableKinds(rules, MESH_KINDS)).toEqual([]);
  });
});
