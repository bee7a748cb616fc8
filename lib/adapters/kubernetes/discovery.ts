/**
 * Which of the kinds we want the API server serves, and in which version.
 *
 *   /api, /apis  aggregated (Kubernetes 1.26 and later): two requests tell everything
 *        │
 *        └─ an old server answers with names of groups alone: each version of the wanted groups is asked
 *
 * @see https://kubernetes.io/docs/concepts/overview/kubernetes-api/#aggregated-discovery
 */
import { type KindKey, kindKey } from "#lib/domain/mesh/meshIndex.ts";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { type Shape, shape, shapes, text, texts } from "#lib/domain/mesh/shape.ts";
import { compareVersions } from "./apiVersions.ts";
import type { KubeClient } from "./kubeClient.ts";
import { statusCodeOf } from "./kubeError.ts";

export type Discovery = {
  /** apiVersion by kind: the version that our readers know best among those that serve it. */
  readonly served: ReadonlyMap<KindKey, string>;
  /** Groups that could not be asked now: nothing is known of their kinds. */
  readonly undetermined: ReadonlySet<string>;
};

/** A kind as some version of its group serves it; both ways of asking lead here. */
type Resource = {
  readonly group: string;
  readonly kind: string;
  readonly plural: string;
  readonly version: string;
  readonly verbs: readonly string[];
};

type Answer = { readonly resources: readonly Resource[]; readonly undetermined: readonly string[] };

const AGGREGATED = ["v2", "v2beta1"].map(
  (version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
);
const ACCEPT = [...AGGREGATED, "application/json"].join(",");

/** Asks what there is. Rejects with SourceError when /api or /apis cannot be read. */
export async function discoverKinds(
  client: KubeClient,
  wanted: readonly MeshKind[],
  signal: AbortSignal,
): Promise<Discovery> {
  const groups = new Set(wanted.map(({ group }) => group));
  const answers = await Promise.all(["/api", "/apis"].map((root) => readRoot(client, root, groups, signal)));
  const served = new Map<KindKey, string>();
  const resources = answers.flatMap((answer) => answer.resources).sort((a, b) => compareVersions(a.version, b.version));
  for (const kind of wanted) {
    const best = resources.find((resource) => isWatchable(resource, kind));
    if (best === undefined) continue;
    served.set(kindKey(kind), kind.group === "" ? best.version : `${kind.group}/${best.version}`);
  }
  return { served, undetermined: new Set(answers.flatMap((answer) => answer.undetermined)) };
}

async function readRoot(
  client: KubeClient,
  root: string,
  wanted: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<Answer> {
  const answer = shape(await client.getJson({ path: root, signal, headers: { accept: ACCEPT } }));
  if (answer["kind"] === "APIGroupDiscoveryList") return readAggregated(shapes(answer["items"]));
  const versions =
    root === "/api"
      ? texts(answer["versions"]).map((version) => ({ group: "", version, path: `/api/${version}` }))
      : shapes(answer["groups"]).flatMap(versionsOf);
  return readVersions(
    client,
    versions.filter(({ group }) => wanted.has(group)),
    signal,
  );
}

/** An aggregated API server that is down is told as "Stale": what it serves may be missing. */
function readAggregated(groups: readonly Shape[]): Answer {
  const resources: Resource[] = [];
  const undetermined: string[] = [];
  for (const item of groups) {
    const group = text(shape(item["metadata"])["name"]) ?? "";
    for (const entry of shapes(item["versions"])) {
      if (entry["freshness"] === "Stale") undetermined.push(group);
      for (const resource of shapes(entry["resources"])) {
        resources.push({
          group,
          version: text(entry["version"]) ?? "",
          kind: text(shape(resource["responseKind"])["kind"]) ?? "",
          plural: text(resource["resource"]) ?? "",
          verbs: texts(resource["verbs"]),
        });
      }
    }
  }
  return { resources, undetermined };
}

type Version = { readonly group: string; readonly version: string; readonly path: string };

async function readVersions(client: KubeClient, versions: readonly Version[], signal: AbortSignal): Promise<Answer> {
  const undetermined: string[] = [];
  const read = async ({ group, version, path }: Version): Promise<Resource[]> => {
    try {
      const list = shapes(shape(await client.getJson({ path, signal }))["resources"]);
      return list.map(({ kind, name, verbs }) => ({
        group,
        version,
        kind: text(kind) ?? "",
        plural: text(name) ?? "",
        verbs: texts(verbs),
      }));
    } catch (cause) {
      // A group may vanish between two requests, and an aggregated API server may be down by itself.
      if (statusCodeOf(cause) !== 404) undetermined.push(group);
      return [];
    }
  };
  return { resources: (await Promise.all(versions.map(read))).flat(), undetermined };
}

function versionsOf(item: Shape): Version[] {
  const group = text(item["name"]) ?? "";
  return shapes(item["versions"]).flatMap((entry) => {
    const version = text(entry["version"]);
    return version === undefined ? [] : [{ group, version, path: `/apis/${group}/${version}` }];
  });
}

function isWatchable(resource: Resource, kind: MeshKind): boolean {
  return (
    resource.group === kind.group &&
    resource.kind === kind.kind &&
    resource.plural === kind.plural &&
    resource.verbs.includes("list") &&
    resource.verbs.includes("watch")
  );
}
