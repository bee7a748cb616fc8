/**
 * Which control planes there are, by revision, and the tags that stand for them:
 *
 *   namespace istio.io/rev=stable ──▶ tag "stable" ──▶ revision 1-30-2 ──▶ istiod-1-30-2
 *   namespace istio-injection=enabled ──▶ tag or revision "default"
 *
 * @see https://istio.io/latest/docs/setup/upgrade/canary/#stable-revision-labels
 */
import { getOrAdd } from "./getOrAdd.ts";
import type { MeshView } from "./meshIndex.ts";
import { shape, shapes, text } from "./shape.ts";

export type Revision = {
  readonly name: string;
  /** Where its istiods run; several where one revision is installed more than once. Empty: it is named and does not run. */
  readonly namespaces: readonly string[];
  /** Names that may be used in its place. */
  readonly tags: readonly string[];
  /** Of istiod, from its image: "1.30.2". */
  readonly versions: readonly string[];
};

type Draft = { readonly namespaces: Set<string>; readonly tags: Set<string>; readonly versions: Set<string> };

/** Revisions that an istiod or an injector's webhook is labelled with, in the order of their names. */
export function collectRevisions(index: Pick<MeshView, "list">): Revision[] {
  const drafts = new Map<string, Draft>();
  const draftOf = (name: string | undefined) =>
    getOrAdd(drafts, name ?? "default", () => ({ namespaces: new Set(), tags: new Set(), versions: new Set() }));
  for (const { metadata, spec } of index.list("apps/Deployment")) {
    if (metadata.labels["app"] !== "istiod") continue;
    const draft = draftOf(text(metadata.labels["istio.io/rev"]));
    draft.namespaces.add(metadata.namespace);
    for (const { image } of shapes(shape(shape(shape(spec)["template"])["spec"])["containers"])) {
      const version = /:([^@:/]+?)(?:-(?:distroless|debug))?(?:@|$)/.exec(text(image) ?? "")?.[1];
      if (version !== undefined) draft.versions.add(version);
    }
  }
  for (const { metadata } of index.list("admissionregistration.k8s.io/MutatingWebhookConfiguration")) {
    const revision = text(metadata.labels["istio.io/rev"]);
    if (revision === undefined) continue;
    const { tags } = draftOf(revision);
    const tag = text(metadata.labels["istio.io/tag"]);
    if (tag !== undefined) tags.add(tag);
  }
  return [...drafts]
    .map(([name, { namespaces, tags, versions }]) => ({
      name,
      namespaces: [...namespaces].sort(),
      tags: [...tags].sort(),
      versions: [...versions].sort(),
    }))
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}
