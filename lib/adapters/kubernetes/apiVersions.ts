/** Versions of an API group in the order in which we would rather read them. */

const STAGES = ["alpha", "beta", "stable"] as const;

/**
 * For sorting, the best first: v1, which our readers were written for; then as Kubernetes ranks them, stable before beta
 * before alpha and new before old: v1 · v2 · v1beta2 · v1beta1 · v1alpha3; what is no such name comes last.
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
 */
export function compareVersions(left: string, right: string): number {
  const [first, second] = [rank(left), rank(right)];
  for (const [position, value] of first.entries()) {
    const difference = (second[position] ?? 0) - value;
    if (difference !== 0) return difference;
  }
  return 0;
}

function rank(version: string): [known: number, stage: number, major: number, minor: number] {
  if (version === "v1") return [1, 0, 0, 0];
  const [, major, stage = "stable", minor = 0] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  if (major === undefined) return [0, -1, 0, 0];
  return [0, STAGES.findIndex((name) => name === stage), Number(major), Number(minor)];
}
