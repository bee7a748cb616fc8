/** Labels: what selects a pod, and what Istio calls it. */
export type Labels = Readonly<Record<string, string>>;

/** Whether every pair of the selector is among the labels. An empty selector matches all: callers decide what it means. */
export function matchesLabels(selector: Labels, labels: Labels): boolean {
  return Object.entries(selector).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value);
}

/** Canonical service: the first of these labels that is set, else the workload's name (istio pkg/model/label). */
export function canonicalService(labels: Labels, workload: string): string {
  return labels["service.istio.io/canonical-name"] ?? labels["app.kubernetes.io/name"] ?? labels["app"] ?? workload;
}

/** Canonical revision: the first of these labels that is set, else "latest". */
export function canonicalRevision(labels: Labels): string {
  return (
    labels["service.istio.io/canonical-revision"] ??
    labels["app.kubernetes.io/version"] ??
    labels["version"] ??
    "latest"
  );
}
