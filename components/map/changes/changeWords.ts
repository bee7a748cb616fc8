/** Changes in words. */
import type { ChangesDocument, ConfigurationChange } from "#lib/api/changes.ts";
import { ABSENT, formatCount } from "#lib/format/quantity.ts";

/** "VirtualService reviews in bookinfo". */
export function nameOfObject({ kind, name, namespace }: ConfigurationChange): string {
  return `${kind} ${name}${namespace === "" ? "" : ` in ${namespace}`}`;
}

/** "changed by argocd-controller"; who removes an object is not told. */
export function wordsOfChange({ action, manager }: ConfigurationChange): string {
  return manager === undefined ? action : `${action} by ${manager}`;
}

/** How many there are: "3", "more than 1,000", "—" before it is known. */
export function countChanges(changes: Pick<ChangesDocument, "changes" | "truncated"> | undefined): string {
  if (changes === undefined) return ABSENT;
  const count = formatCount(changes.changes.length);
  return changes.truncated ? `more than ${count}` : count;
}

/**
 * What a past moment's configuration may have been otherwise: "3 changes since 13:40:00, 2 of them in bookinfo". Says
 * the namespace with most changes, where there are several and the view shows more than one.
 */
export function changesSince(document: ChangesDocument, moment: string): string {
  const { changes, truncated } = document;
  if (changes.length === 0) return `Nothing changed since ${moment}.`;
  const noun = changes.length === 1 ? "change" : "changes";
  const sum = `${countChanges(document)} ${noun} since ${moment}`;
  const byNamespace = Map.groupBy(changes, ({ kind, group, name, namespace }) =>
    group === "" && kind === "Namespace" ? name : namespace,
  );
  const [most] = [...byNamespace].sort(([, left], [, right]) => right.length - left.length);
  if (truncated || most === undefined || most[0] === "") return `${sum}.`;
  const [namespace, own] = most;
  if (own.length === changes.length) return `${sum}, ${own.length === 1 ? "" : "all "}in ${namespace}.`;
  return `${sum}, ${formatCount(own.length)} in ${namespace}.`;
}
