/** Finding a Prometheus by its Service. Pure: lists in, a choice out. */
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";

export type PrometheusService = {
  readonly namespace: string;
  readonly name: string;
  readonly port: number;
  readonly scheme: "http" | "https";
};

/** Names that charts and operators give, the likeliest to hold Istio's metrics first. */
const NAMES = [
  "prometheus",
  "prometheus-server",
  "kube-prometheus-stack-prometheus",
  "prometheus-kube-prometheus-prometheus",
  "prometheus-k8s",
  "rancher-monitoring-prometheus",
  "prometheus-stack-prometheus",
  "prometheus-operated",
];

const NAMESPACES = ["istio-system", "monitoring", "prometheus", "observability"];

type ServicePort = { readonly name: string; readonly port: number; readonly appProtocol: string };

/**
 * The Service that most likely is the mesh's Prometheus: a usual name in a usual namespace (Istio's own first), then a
 * usual name in any. The same list always gives the same choice. Undefined when no name fits.
 */
export function choosePrometheusService(services: readonly MeshObject[]): PrometheusService | undefined {
  const candidates = services.flatMap((service) => {
    const name = NAMES.indexOf(service.metadata.name);
    const port = webPort(portsOf(service));
    if (name < 0 || port === undefined) return [];
    const namespace = NAMESPACES.indexOf(service.metadata.namespace);
    return { service, port, rank: [namespace < 0 ? NAMESPACES.length : namespace, name] as const };
  });
  candidates.sort(
    (left, right) =>
      left.rank[0] - right.rank[0] ||
      left.rank[1] - right.rank[1] ||
      (left.service.metadata.namespace < right.service.metadata.namespace ? -1 : 1),
  );
  const [best] = candidates;
  if (best === undefined) return undefined;
  const { namespace, name } = best.service.metadata;
  return { namespace, name, port: best.port.port, scheme: isHttps(best.port) ? "https" : "http" };
}

function portsOf(service: MeshObject): ServicePort[] {
  const spec = service.spec as { readonly type?: unknown; readonly ports?: unknown } | undefined;
  // An ExternalName has nothing behind it that the API server could proxy to.
  if (spec?.type === "ExternalName" || !Array.isArray(spec?.ports)) return [];
  return spec.ports.flatMap((port: { readonly [field: string]: unknown } | null) => {
    if (typeof port?.port !== "number" || (port.protocol ?? "TCP") !== "TCP") return [];
    return { port: port.port, name: textOf(port.name), appProtocol: textOf(port.appProtocol) };
  });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Beside the API, Services list ports of reloaders and sidecars. */
function webPort(ports: readonly ServicePort[]): ServicePort | undefined {
  return (
    ports.find(({ port }) => port === 9090) ??
    ports.find(({ name }) => /^(http-web|https-web|web|http|https|http-prometheus|prometheus)$/.test(name)) ??
    ports.find(({ port }) => port === 80 || port === 443 || port === 9091) ??
    (ports.length === 1 ? ports[0] : undefined)
  );
}

function isHttps({ name, port, appProtocol }: ServicePort): boolean {
  return appProtocol.toLowerCase() === "https" || name.startsWith("https") || port === 443;
}
