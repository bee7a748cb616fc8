/** What of a cluster cannot be read, as warnings beside a reading. */
import type { Sight } from "#lib/domain/access/sight.ts";
import type { ClusterSnapshot, KindStatus, Warning } from "#lib/ports.ts";

const MOST_NAMED = 8;

/**
 * Kinds that cannot be read make the picture partial. One warning for all that are not allowed, however many an account
 * with Roles alone is refused, and one for each that fails. An absent CRD is normal: nobody uses it there.
 */
export function kindWarnings({ cluster, kinds }: Pick<ClusterSnapshot, "cluster" | "kinds">, sight: Sight): Warning[] {
  const isWhole = sight.clusters === "everything";
  if (!isWhole && !sight.clusters.has(cluster)) return [];
  const denied = kinds.filter(({ state }) => state === "denied");
  const failing = kinds.filter(({ state }) => state === "failing");
  return [
    ...(denied.length === 0 ? [] : [deniedWarning(cluster, denied, isWhole)]),
    ...failing.map(({ kind, state, message }) => ({
      code: "kind-failing",
      message: `${kind} objects of cluster ${cluster} are not shown${isWhole ? `: ${message ?? state}` : "."}`,
    })),
  ];
}

function deniedWarning(cluster: string, denied: readonly KindStatus[], isWhole: boolean): Warning {
  const named = (words: readonly string[], between: string): string => {
    const rest = words.length - MOST_NAMED;
    return [...words.slice(0, MOST_NAMED), ...(rest > 0 ? [`${rest} more`] : [])].join(between);
  };
  const names = [...new Set(denied.map(({ kind }) => kind))];
  return {
    code: "kind-denied",
    message: `Not shown of cluster ${cluster}, since Meshscope's account may not read them: ${named(names, ", ")}.`,
    ...(isWhole && {
      hint: named(
        denied.flatMap(({ message }) => message ?? []),
        "; ",
      ),
    }),
  };
}
