/** The demo mesh's series as a Prometheus would have scraped them. */
import { demoSeries } from "#lib/adapters/demo/series.ts";
import type { History } from "./history.ts";

type Labels = Readonly<Record<string, string>>;

/** Samples with the labels a scrape adds to Istio's own: namespace and name of the pod, and its `app` label. */
export function demoSamples(mesh: Parameters<typeof demoSeries>[0]): History["samplesAt"] {
  const scraped = new WeakMap<Labels, Map<string, Labels>>();
  const labelsOf = (labels: Labels, pod: string, target: Labels): Labels => {
    let byPod = scraped.get(labels);
    if (byPod === undefined) scraped.set(labels, (byPod = new Map()));
    let known = byPod.get(pod);
    if (known === undefined) byPod.set(pod, (known = { ...labels, ...target, pod }));
    return known;
  };
  return function* samplesAt(atSeconds) {
    for (const { metric, labels, pod, namespace, podApp, value } of demoSeries(mesh, atSeconds)) {
      yield { metric, labels: labelsOf(labels, pod, { namespace, app: podApp }), value };
    }
  };
}
