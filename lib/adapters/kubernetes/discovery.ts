/** Which of the kinds we want the API server serves, and in which version. */
import { type KindKey, kindKey } from "#lib/domain/mesh/meshIndex.ts";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { type Shape, shape, shapes, text, texts } from "#lib/domain/mesh/shape.ts";
import type { KubeClient } from "./kubeClient.ts";
import { statusCodeOf } from "./kubeError.ts";

export type Discovery = {
  /** apiVersion by kind: the group's preferred version where it serves the kind, else the first that does. */
  readonly served: ReadonlyMap<KindKey, string>;
  /** Groups that could not be asked now: nothing is known of their kinds. */
  readonly undetermined: ReadonlySet<string>;
};

/** Asks /api and /apis, then each version of the wanted groups. Rejects with SourceError when /apis cannot be read. */
export async function discoverKinds(
  client: KubeClient,
  wanted: readonly MeshKind[],
  signal: AbortSignal,
): Promise<Discovery> {
  const served = new Map<KindKey, string>();
  const undetermined = new Set<string>();
  const groups = shapes(shape(await client.getJson({ path: "/apis", signal }))["groups"]);
  const versions = new Map<string, string[]>([["", ["v1"]]]);
  for (const group of groups) versions.set(text(group["name"]) ?? "", versionsOf(group));

  const readGroup = async (group: string): Promise<void> => {
    const missing = new Set(wanted.filter((kind) => kind.group === group));
    for (const apiVersion of versions.get(group) ?? []) {
      const path = group === "" ? `/api/${apiVersion}` : `/apis/${apiVersion}`;
      const resources = shapes(shape(await client.getJson({ path, signal }))["resources"]);
      for (const kind of missing) {
        if (!resources.some((resource) => isWatchable(resource, kind))) continue;
        served.set(kindKey(kind), apiVersion);
        missing.delete(kind);
      }
      if (missing.size === 0) return;
    }
  };
  const asked = [...new Set(wanted.map(({ group }) => group))];
  const answers = await Promise.allSettled(asked.map(readGroup));
  for (const [position, answer] of answers.entries()) {
    // A group may vanish between two requests, and an aggregated API server may be down by itself.
    if (answer.status === "rejected" && statusCodeOf(answer.reason) !== 404) undetermined.add(asked[position] ?? "");
  }
  return { served, undetermined };
}

/** "group/version" of every version, the preferred one first. */
function versionsOf(group: Shape): string[] {
  const preferred = text(shape(group["preferredVersion"])["groupVersion"]);
  const all = shapes(group["versions"]).flatMap((version) => text(version["groupVersion"]) ?? []);
  return preferred === undefined ? all : [preferred, ...all.filter((version) => version !== preferred)];
}

function isWatchable(resource: Shape, kind: MeshKind): boolean {
  const verbs = texts(resource["verbs"]);
  return (
    resource["kind"] === kind.kind &&
    resource["name"] === kind.plural &&
    verbs.includes("list") &&
    verbs.includes("watch")
  );
}
