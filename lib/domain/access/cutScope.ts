/**
 * What of a scope's traffic a viewer may be shown over time.
 *
 *   mesh, inbound                    ⇒  namespaces:shop,cart               calls that arrive at what is visible
 *   hosts:api.vendor.example         ⇒  namespaces:shop,cart > hosts:…     what visible callers call
 *   unknown:                         ⇒  unknown: > namespaces:shop,cart    what it calls of the visible
 *   workload:bank/ledger             ⇒  refused, whether or not there is one
 *
 * - A scope that names no cluster is of the clusters where its namespace may be seen.
 * - An edge needs one visible end; the other may be nobody's (a host, an unknown caller), never hidden.
 * - Calls whose cluster telemetry does not know are left out where they may be of a hidden namespace of the same name.
 * - A cluster that is not read may be any of those that are: there only what may be seen in all of them is seen.
 * - What is refused is refused in the same words as what does not exist.
 */
import type { EndScope, SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import { type Sight, seesNamespace } from "./sight.ts";

/** Scopes whose sum is meant: they share no call. None where nothing is visible. Or why the question is refused. */
export type CutScope = { readonly scopes: readonly SeriesScope[] } | { readonly refused: string };

type Question = { readonly scope: SeriesScope; readonly direction: "inbound" | "outbound" };

/** An end as the viewer may ask for it: parts without a common call, nobody's place, or the reason for refusing it. */
type CutEnd =
  | { readonly kind: "visible"; readonly parts: readonly EndScope[] }
  | { readonly kind: "nobody"; readonly end: EndScope }
  | { readonly kind: "refused"; readonly reason: string };

/** `clusters` are all that are read, `holds` what they hold. The scope as it is for who sees everything. */
export function cutScope(
  question: Question,
  sight: Sight,
  clusters: readonly string[],
  holds: (cluster: string, namespace: string) => boolean,
): CutScope {
  const cut = cutWhole(question, sight, clusters);
  if ("refused" in cut || sight.clusters === "everything") return cut;
  if (cut.scopes.length > MOST_SCOPES)
    return { refused: "This is too much to add up of so many clusters: name the cluster." };
  const isHiddenSomewhere = (namespace: string) =>
    clusters.some((cluster) => holds(cluster, namespace) && !seesNamespace(sight, cluster, namespace));
  return { scopes: cut.scopes.map((scope) => exactly(scope, isHiddenSomewhere)) };
}

function exactly(scope: SeriesScope, isHiddenSomewhere: (namespace: string) => boolean): SeriesScope {
  const exact = (end: EndScope): EndScope => {
    if (end.kind !== "namespaces" && !("namespace" in end)) return end;
    const namespaces = end.kind === "namespaces" ? end.namespaces : [end.namespace];
    return end.cluster !== undefined && namespaces.some(isHiddenSomewhere) ? { ...end, exact: true } : end;
  };
  if (scope.kind === "mesh") return scope;
  return scope.kind === "edge" ? { ...scope, from: exact(scope.from), to: exact(scope.to) } : exact(scope);
}

/** Each is a question to the metrics server. */
const MOST_SCOPES = 40;

function cutWhole({ scope, direction }: Question, sight: Sight, clusters: readonly string[]): CutScope {
  if (sight.clusters === "everything") return { scopes: [scope] };
  if (scope.kind === "mesh") {
    const isWhole = clusters.every((cluster) => inCluster(sight, cluster)?.kind === "cluster");
    return { scopes: isWhole ? [scope] : visibleNamespaces(sight, clusters) };
  }
  if (scope.kind !== "edge") {
    const own = cutEnd(scope, sight, clusters);
    if (own.kind === "refused") return { refused: own.reason };
    if (own.kind === "visible") return { scopes: own.parts };
    const others = visibleNamespaces(sight, clusters);
    return { scopes: direction === "inbound" ? edges(others, [own.end]) : edges([own.end], others) };
  }
  const [from, to] = [cutEnd(scope.from, sight, clusters), cutEnd(scope.to, sight, clusters)];
  for (const end of [from, to]) if (end.kind === "refused") return { refused: end.reason };
  if (from.kind === "visible" && to.kind === "visible") return { scopes: edges(from.parts, to.parts) };
  if (from.kind === "visible" && to.kind === "nobody") return { scopes: edges(from.parts, [to.end]) };
  if (from.kind === "nobody" && to.kind === "visible") return { scopes: edges([from.end], to.parts) };
  return { refused: "You may not see calls of which neither end is in a namespace that you may see." };
}

function edges(from: readonly EndScope[], to: readonly EndScope[]): SeriesScope[] {
  return from.flatMap((source) => to.map((target): SeriesScope => ({ kind: "edge", from: source, to: target })));
}

/** All that may be seen: one scope where it is the same in every cluster. */
function visibleNamespaces(sight: Sight, clusters: readonly string[]): EndScope[] {
  const parts = clusters.flatMap((cluster) => inCluster(sight, cluster) ?? []);
  const [first] = parts;
  const isSame =
    first?.kind === "namespaces" &&
    parts.length === clusters.length &&
    parts.every((part) => part.kind === "namespaces" && part.namespaces.join() === first.namespaces.join());
  return isSame ? [{ kind: "namespaces", namespaces: first.namespaces }] : parts;
}

/** What may be seen of a cluster; undefined for nothing. */
function inCluster(sight: Sight, cluster: string): EndScope | undefined {
  if (sight.clusters === "everything") return { kind: "cluster", cluster };
  const seen = sight.clusters.get(cluster);
  if (seen?.everyNamespace === true) return { kind: "cluster", cluster };
  const namespaces = [...(seen?.namespaces.keys() ?? [])].sort();
  return namespaces.length === 0 ? undefined : { kind: "namespaces", cluster, namespaces };
}

/** The same of a cluster as telemetry names it: one that is not read may be any of them (sees.ts). */
function inNamedCluster(sight: Sight, cluster: string, clusters: readonly string[]): EndScope | undefined {
  if (clusters.includes(cluster)) return inCluster(sight, cluster);
  if (clusters.length > 0 && clusters.every((each) => inCluster(sight, each)?.kind === "cluster"))
    return { kind: "cluster", cluster };
  const [common, ...others] = visibleNamespaces(sight, clusters);
  const isAnywhere = common?.kind === "namespaces" && others.length === 0 && common.cluster === undefined;
  return isAnywhere ? { ...common, cluster } : undefined;
}

function cutEnd(end: EndScope, sight: Sight, clusters: readonly string[]): CutEnd {
  switch (end.kind) {
    case "cluster": {
      const part = inNamedCluster(sight, end.cluster, clusters);
      return part === undefined
        ? { kind: "refused", reason: `You may not see cluster ${end.cluster}.` }
        : { kind: "visible", parts: [part] };
    }
    case "namespaces":
      return cutNamespaces(end, end.namespaces, sight, clusters);
    case "hosts":
    case "unknown":
    case "passthrough":
    case "blackhole":
      return nobodysEnd(end, sight, clusters);
    default:
      return end.namespace === ""
        ? nobodysEnd(end, sight, clusters)
        : cutNamespaces(end, [end.namespace], sight, clusters);
  }
}

/** Nobody's place in a cluster is named where something of that cluster may be seen. */
function nobodysEnd(end: EndScope, sight: Sight, clusters: readonly string[]): CutEnd {
  const { cluster } = end;
  const isSeen = cluster === undefined || inNamedCluster(sight, cluster, clusters) !== undefined;
  return isSeen ? { kind: "nobody", end } : { kind: "refused", reason: `You may not see cluster ${cluster}.` };
}

/** The end in each cluster where all of its namespaces may be seen; as it is where that is every cluster. */
function cutNamespaces(
  end: EndScope,
  namespaces: readonly string[],
  sight: Sight,
  clusters: readonly string[],
): CutEnd {
  const isNamed = end.cluster !== undefined && clusters.includes(end.cluster);
  const asked = clusters.filter((cluster) => !isNamed || cluster === end.cluster);
  const hidden = (cluster: string) => namespaces.find((namespace) => !seesNamespace(sight, cluster, namespace));
  const seen = asked.filter((cluster) => hidden(cluster) === undefined);
  if (seen.length === 0) {
    const nowhere = namespaces.find((namespace) => asked.every((cluster) => !seesNamespace(sight, cluster, namespace)));
    return nowhere === undefined && asked.length > 0
      ? { kind: "refused", reason: "You may not see all of these namespaces in one cluster: name the cluster." }
      : { kind: "refused", reason: `You may not see namespace ${nowhere ?? namespaces[0] ?? ""}.` };
  }
  if (seen.length === asked.length) return { kind: "visible", parts: [end] };
  if (end.cluster !== undefined)
    return {
      kind: "refused",
      reason: `You may not see namespace ${asked.map(hidden).find((name) => name !== undefined) ?? ""}.`,
    };
  return { kind: "visible", parts: seen.map((cluster) => ({ ...end, cluster })) };
}
