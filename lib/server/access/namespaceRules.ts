/** What the rules of a namespace allow in it: whether it may be seen, and which kinds may be listed. Pure. */
import { type KindKey, kindKey } from "#lib/domain/mesh/meshIndex.ts";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import type { AccessQuestion, AccessRules } from "#lib/ports.ts";

type Rule = AccessRules["rules"][number];

/** Whether some rule answers the question with yes. One that is limited to names allows no list. */
export function rulesAllow(rules: readonly Rule[], { verb, group, resource, name }: AccessQuestion): boolean {
  return rules.some(
    (rule) =>
      isAmong(rule.verbs, verb) &&
      isAmong(rule.groups, group) &&
      isAmong(rule.resources, resource) &&
      (rule.names.length === 0 || (name !== undefined && rule.names.includes(name))),
  );
}

function isAmong(allowed: readonly string[], wanted: string): boolean {
  return allowed.includes("*") || allowed.includes(wanted);
}

/** The question that decides whether a namespace is shown. */
export function seeNamespace(namespace: string): AccessQuestion {
  return { verb: "get", group: "", resource: "namespaces", namespace, name: namespace };
}

/** Whether objects of a kind may be listed: in a namespace, or everywhere. */
export function listKind({ group, plural }: MeshKind, namespace?: string): AccessQuestion {
  return { verb: "list", group, resource: plural, ...(namespace !== undefined && { namespace }) };
}

/** The kinds of a list for which the rules allow listing. */
export function listableKinds(rules: readonly Rule[], kinds: readonly MeshKind[]): KindKey[] {
  return kinds.filter((kind) => rulesAllow(rules, listKind(kind))).map(kindKey);
}
