/** What controllers write to objects for themselves: no change that anyone made. */

const PREFIXES = [
  "deployment.kubernetes.io/",
  "control-plane.alpha.kubernetes.io/",
  "endpoints.kubernetes.io/",
  "autoscaling.alpha.kubernetes.io/",
  "rollout.argoproj.io/",
  "argocd.argoproj.io/",
  "kubectl.kubernetes.io/last-applied-configuration",
] as const;

/** Whether an annotation is such a note: a revision counter, the lock of a leader, a trigger's time. */
export function isBookkeepingAnnotation(key: string): boolean {
  return PREFIXES.some((prefix) => key.startsWith(prefix));
}
