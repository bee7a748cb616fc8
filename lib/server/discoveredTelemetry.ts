/**
 * Telemetry without a URL: the Prometheus Service that Kubernetes knows, read through the API server's service proxy,
 * so that it works from a laptop as from a pod. Chosen again when the chosen Service goes away.
 */
import type { HttpTransport } from "#lib/adapters/httpTransport.ts";
import { choosePrometheusService, type PrometheusService } from "#lib/adapters/prometheus/discover.ts";
import { type ClusterSource, SourceError, type TelemetrySource } from "#lib/ports.ts";

export type DiscoveredTelemetryOptions = {
  readonly cluster: ClusterSource;
  readonly proxyTransport: (service: PrometheusService) => HttpTransport;
  readonly connect: (transport: HttpTransport, foundBy: string) => TelemetrySource;
};

export function discoveredTelemetry({ cluster, proxyTransport, connect }: DiscoveredTelemetryOptions): TelemetrySource {
  let chosen: { readonly name: string; readonly source: TelemetrySource } | undefined;

  async function choose(): Promise<TelemetrySource> {
    const { index, status } = cluster.snapshot();
    const service = choosePrometheusService(index.list("/Service"));
    if (service === undefined) {
      await chosen?.source.close();
      chosen = undefined;
      throw notFound(status.state === "ok", cluster.cluster);
    }
    const name = `${service.namespace}/${service.name}:${service.port}`;
    if (chosen?.name !== name) {
      await chosen?.source.close();
      const foundBy = `Service ${name} of cluster ${cluster.cluster}, through the API server's proxy`;
      chosen = { name, source: connect(proxyTransport(service), foundBy) };
    }
    return chosen.source;
  }

  return {
    describe: async (signal) => (await choose()).describe(signal),
    readRates: async (moment, signal) => (await choose()).readRates(moment, signal),
    readLatency: async (request, signal) => (await choose()).readLatency(request, signal),
    readDetails: async (request, signal) => (await choose()).readDetails(request, signal),
    readSeries: async (request, signal) => (await choose()).readSeries(request, signal),
    close: async () => chosen?.source.close(),
  };
}

function notFound(clusterAnswers: boolean, cluster: string): SourceError {
  return new SourceError({
    source: "prometheus",
    kind: "unreachable",
    message: clusterAnswers
      ? `Cluster ${cluster} has no Service that looks like a Prometheus`
      : `Prometheus is looked for through cluster ${cluster}, which does not answer yet`,
    hint: "Set MESHSCOPE_PROMETHEUS_URL to the address of your Prometheus.",
  });
}
