/** Finds the workloads whose pods a selector matches, by one label of the selector instead of by walking all pods. */
import { getOrAdd } from "./getOrAdd.ts";
import { type Labels, matchesLabels } from "./labels.ts";
import type { Workload } from "./workload.ts";

type Candidate = { readonly workload: string; readonly labels: Labels };

export class WorkloadSelection {
  /** namespace → label → value → who carries it. */
  readonly #candidates = new Map<string, Map<string, Map<string, Candidate[]>>>();

  constructor(workloads: readonly Workload[]) {
    for (const { namespace, name, kind, template, pods } of workloads) {
      if (template !== undefined) this.#add(namespace, { workload: name, labels: template.labels });
      // Pods of a StatefulSet carry a label of their own each, by which Services select them.
      if (template !== undefined && kind !== "StatefulSet") continue;
      for (const pod of pods) this.#add(namespace, { workload: name, labels: pod.metadata.labels });
    }
  }

  /** Names of the workloads in the namespace, each once. An empty selector selects nothing, as in Services. */
  select(namespace: string, selector: Labels): string[] {
    const byLabel = this.#candidates.get(namespace);
    let fewest: readonly Candidate[] | undefined;
    for (const [label, value] of Object.entries(selector)) {
      const carriers = byLabel?.get(label)?.get(value) ?? [];
      if (fewest === undefined || carriers.length < fewest.length) fewest = carriers;
    }
    const matching = (fewest ?? []).filter(({ labels }) => matchesLabels(selector, labels));
    return [...new Set(matching.map(({ workload }) => workload))];
  }

  #add(namespace: string, candidate: Candidate): void {
    const byLabel = getOrAdd(this.#candidates, namespace, () => new Map<string, Map<string, Candidate[]>>());
    for (const [label, value] of Object.entries(candidate.labels)) {
      getOrAdd(
        getOrAdd(byLabel, label, () => new Map<string, Candidate[]>()),
        value,
        () => [],
      ).push(candidate);
    }
  }
}
