/** /apis, and the resources of each group and version. */
import type { ServerResponse } from "node:http";
import type { MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { sendJson, sendStatus } from "./answers.ts";

/** Every kind is served as v1. */
export function apiVersionOf({ group }: MeshKind): string {
  return group === "" ? "v1" : `${group}/v1`;
}

/** Answers what is served: the groups, or the resources of the version that the path names. */
export function answerDiscovery(path: string, kinds: readonly MeshKind[], response: ServerResponse): void {
  if (path === "/apis") {
    const groups = [...new Set(kinds.map(({ group }) => group))].filter((group) => group !== "");
    return sendJson(response, {
      kind: "APIGroupList",
      apiVersion: "v1",
      groups: groups.map((name) => {
        const version = { groupVersion: `${name}/v1`, version: "v1" };
        return { name, versions: [version], preferredVersion: version };
      }),
    });
  }
  const groupVersion = path.replace(/^\/apis?\//, "");
  const resources = kinds.filter((kind) => apiVersionOf(kind) === groupVersion);
  if (resources.length === 0) return sendStatus(response, 404, "NotFound", "no such group");
  sendJson(response, {
    kind: "APIResourceList",
    apiVersion: "v1",
    groupVersion,
    resources: resources.flatMap(({ plural, kind, namespaced }) => [
      { name: plural, kind, namespaced, verbs: ["create", "get", "list", "watch"] },
      { name: `${plural}/status`, kind, namespaced, verbs: ["get"] },
    ]),
  });
}
