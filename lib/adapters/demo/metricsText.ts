/** The demo mesh's metrics as a scrape would find them, in Prometheus' text format written by prom-client. */
import { Counter, Histogram, Registry } from "prom-client";
import type { DemoMesh } from "./demoMesh.ts";
import { type DemoSeries, demoSeries } from "./series.ts";

const HELP: Readonly<Record<string, string>> = {
  istio_requests_total: "Requests handled by an Istio proxy.",
  istio_request_duration_milliseconds: "Duration of requests in milliseconds.",
  istio_request_bytes: "Size of request bodies in bytes.",
  istio_response_bytes: "Size of response bodies in bytes.",
  istio_request_messages_total: "gRPC messages sent by clients.",
  istio_response_messages_total: "gRPC messages sent by servers.",
  istio_tcp_sent_bytes_total: "Bytes sent by servers over TCP.",
  istio_tcp_received_bytes_total: "Bytes received by servers over TCP.",
  istio_tcp_connections_opened_total: "TCP connections opened.",
  istio_tcp_connections_closed_total: "TCP connections closed.",
};

type Value = { readonly metricName: string; readonly labels: Record<string, string>; readonly value: number };

/** prom-client counts events itself; these two hold figures that are counted already, and leave it the writing. */
class CountedCounter extends Counter {
  readonly counted: Value[] = [];

  override async get(): ReturnType<Counter["get"]> {
    return { ...(await super.get()), values: this.counted };
  }
}

class CountedHistogram extends Histogram {
  readonly counted: Value[] = [];
  readonly familyName: string;

  constructor(name: string, registry: Registry) {
    super({ name, help: HELP[name] ?? name, registers: [registry] });
    this.familyName = name;
  }

  /** Called by Registry in place of get(), for the compact form of histograms. */
  async getForPromString(): Promise<unknown> {
    return { name: this.familyName, help: HELP[this.familyName], type: "histogram", values: this.counted };
  }
}

/**
 * Metrics of one pod's proxy at a moment (unix seconds), exactly as it would expose them; without a target those of all
 * pods, told apart by the labels `namespace`, `pod` and `app` that a scrape adds. Undefined when there is no such pod.
 */
export async function demoMetricsText(
  mesh: Pick<DemoMesh, "timeline" | "clusters">,
  atSeconds: number,
  target?: { readonly namespace: string; readonly pod: string },
): Promise<string | undefined> {
  if (target !== undefined && !hasPod(mesh, target)) return undefined;
  const registry = new Registry();
  const families = new Map<string, CountedCounter | CountedHistogram>();
  for (const series of demoSeries(mesh, atSeconds)) {
    if (target !== undefined && (series.pod !== target.pod || series.namespace !== target.namespace)) continue;
    const name = familyOf(series);
    let family = families.get(name);
    if (family === undefined) {
      family =
        series.type === "histogram"
          ? new CountedHistogram(name, registry)
          : new CountedCounter({ name, help: HELP[name] ?? name, registers: [registry] });
      families.set(name, family);
    }
    const { namespace, pod, podApp, metric, value } = series;
    const labels = target === undefined ? { ...series.labels, namespace, pod, app: podApp } : { ...series.labels };
    family.counted.push({ metricName: metric, labels, value });
  }
  return registry.metrics();
}

function hasPod(
  mesh: Pick<DemoMesh, "clusters">,
  { namespace, pod }: { readonly namespace: string; readonly pod: string },
): boolean {
  const ref = { group: "", kind: "Pod", namespace, name: pod };
  return mesh.clusters.some((cluster) => cluster.snapshot().index.get(ref) !== undefined);
}

function familyOf({ metric, type }: DemoSeries): string {
  return type === "histogram" ? metric.replace(/_(?:bucket|sum|count)$/, "") : metric;
}
