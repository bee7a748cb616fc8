/** What the server tells of the kinds it serves: aggregated as since Kubernetes 1.26, or group by group as before. */
import type { ServerResponse } from "node:http";
import type { KindKey } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS, type MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { sendJson, sendStatus } from "./answers.ts";

export type ServedKind = MeshKind & { readonly versions: readonly string[] };

const DEFINITIONS: MeshKind = {
  group: "apiextensions.k8s.io",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  namespaced: false,
  family: "core",
};

const SECRETS: MeshKind = { group: "", kind: "Secret", plural: "secrets", namespaced: true, family: "core" };

const VERBS = ["create", "get", "list", "watch"];

/** Every kind that is not missing, in version v1 unless `versions` says otherwise. */
export function servedKinds(
  missing: ReadonlySet<string>,
  versions: ReadonlyMap<KindKey, readonly string[]>,
): ServedKind[] {
  return [...MESH_KINDS, DEFINITIONS, SECRETS].flatMap((kind) => {
    const key: KindKey = `${kind.group}/${kind.kind}`;
    return missing.has(key) ? [] : [{ ...kind, versions: versions.get(key) ?? ["v1"] }];
  });
}

/** The apiVersion in which a kind is listed. */
export function apiVersionOf({ group, versions: [version = "v1"] }: ServedKind): string {
  return group === "" ? version : `${group}/${version}`;
}

/** Answers what is served, in the form that `accept` asks for: the groups, or the resources of the path's version. */
export function answerDiscovery(
  path: string,
  kinds: readonly ServedKind[],
  accept: string,
  response: ServerResponse,
): void {
  const answer = describeKinds(kinds, path, accept);
  if (answer === undefined) return sendStatus(response, 404, "NotFound", "no such group");
  sendJson(response, answer);
}

/** Undefined where there is nothing. */
function describeKinds(kinds: readonly ServedKind[], path: string, accept: string): unknown {
  const [, root = "", groupVersion] = /^\/(apis?)(?:\/(.+))?$/.exec(path) ?? [];
  const own = kinds.filter(({ group }) => (group === "") === (root === "api"));
  if (groupVersion !== undefined) return groupVersionList(own, groupVersion);
  const asked = /;v=(v2|v2beta1);as=APIGroupDiscoveryList/.exec(accept)?.[1];
  if (asked !== undefined) return aggregated(own, asked);
  if (root === "api") return { kind: "APIVersions", versions: ["v1"] };
  return {
    kind: "APIGroupList",
    apiVersion: "v1",
    groups: groupsOf(own).map(({ name, versions }) => ({
      name,
      versions: versions.map((version) => ({ groupVersion: `${name}/${version}`, version })),
      preferredVersion: { groupVersion: `${name}/${versions[0]}`, version: versions[0] },
    })),
  };
}

function groupVersionList(kinds: readonly ServedKind[], groupVersion: string): unknown {
  const resources = kinds.filter(({ group, versions }) =>
    versions.some((version) => (group === "" ? version : `${group}/${version}`) === groupVersion),
  );
  if (resources.length === 0) return undefined;
  return {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion,
    resources: resources.flatMap(({ plural, kind, namespaced }) => [
      { name: plural, kind, namespaced, verbs: VERBS },
      { name: `${plural}/status`, kind, namespaced, verbs: ["get"] },
    ]),
  };
}

function aggregated(kinds: readonly ServedKind[], version: string): unknown {
  return {
    kind: "APIGroupDiscoveryList",
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groupsOf(kinds).map(({ name, versions }) => ({
      metadata: name === "" ? {} : { name },
      versions: versions.map((served) => ({
        version: served,
        freshness: "Current",
        resources: kinds
          .filter((kind) => kind.group === name && kind.versions.includes(served))
          .map(({ group, kind, plural, namespaced }) => ({
            resource: plural,
            responseKind: { group, version: served, kind },
            scope: namespaced ? "Namespaced" : "Cluster",
            singularResource: kind.toLowerCase(),
            verbs: VERBS,
            subresources: [{ subresource: "status", verbs: ["get"] }],
          })),
      })),
    })),
  };
}

/** Groups with every version that one of their kinds is served in. */
function groupsOf(kinds: readonly ServedKind[]): { name: string; versions: string[] }[] {
  return [...new Set(kinds.map(({ group }) => group))].map((name) => ({
    name,
    versions: [...new Set(kinds.flatMap(({ group, versions }) => (group === name ? versions : [])))],
  }));
}
