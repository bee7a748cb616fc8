/**
 * Telemetry rows for tests: say only what differs from two healthy sidecars in namespace "shop".
 *
 *   requestRow({ from: "web", to: "cart-v1", service: "cart", perSecond: 10 })
 *
 * A workload is written "name" or "name@namespace"; "" is unknown. Its app is the name up to "-v…", which is the version.
 */
import type {
  EdgeLabels,
  OperationReport,
  RateReport,
  RequestReport,
  TcpReport,
} from "#lib/domain/telemetry/reports.ts";

type Ends = { from: string; to: string; service?: string; cluster?: string };

function workload(written: string): { name: string; namespace: string; app: string; version: string } {
  if (written === "") return { name: "unknown", namespace: "unknown", app: "unknown", version: "unknown" };
  const [name = "", namespace = "shop"] = written.split("@");
  const [app = name, version] = name.split(/-(?=v\d)/);
  return { name, namespace, app, version: version ?? "latest" };
}

export function edgeLabels({ from, to, service, cluster = "primary" }: Ends): EdgeLabels {
  const source = workload(from);
  const target = workload(to);
  const [serviceName = "", serviceNamespace = to === "" ? "shop" : target.namespace] = (service ?? "").split("@");
  return {
    sourceCluster: from === "" ? "unknown" : cluster,
    sourceNamespace: source.namespace,
    sourceWorkload: source.name,
    sourceApp: source.app,
    sourceVersion: source.version,
    destinationCluster: to === "" ? "unknown" : cluster,
    destinationServiceNamespace: service === undefined ? "unknown" : serviceNamespace,
    destinationService:
      service === undefined
        ? "unknown"
        : serviceName.includes(".")
          ? serviceName
          : `${serviceName}.${serviceNamespace}.svc.cluster.local`,
    destinationServiceName: service === undefined ? "unknown" : serviceName,
    destinationNamespace: target.namespace,
    destinationWorkload: target.name,
    destinationApp: target.app,
    destinationVersion: target.version,
  };
}

export function requestRow(
  row: Ends & Partial<Omit<RequestReport, keyof EdgeLabels>> & { perSecond: number },
): RequestReport {
  const reporter = row.reporter ?? "destination";
  return {
    ...edgeLabels(row),
    reporter,
    protocol: row.protocol ?? "http",
    responseCode: row.responseCode ?? "200",
    grpcStatus: row.grpcStatus ?? "",
    responseFlags: row.responseFlags ?? "-",
    securityPolicy: row.securityPolicy ?? (reporter === "source" ? "unknown" : "mutual_tls"),
    sourcePrincipal: row.sourcePrincipal ?? "",
    destinationPrincipal: row.destinationPrincipal ?? "",
    perSecond: row.perSecond,
  };
}

export function tcpRow(row: Ends & Partial<Omit<TcpReport, keyof EdgeLabels>> & { perSecond: number }): TcpReport {
  const reporter = row.reporter ?? "destination";
  return {
    ...edgeLabels(row),
    reporter,
    reporterApp: row.reporterApp ?? "",
    responseFlags: row.responseFlags ?? "-",
    securityPolicy: row.securityPolicy ?? (reporter === "source" ? "unknown" : "mutual_tls"),
    sourcePrincipal: row.sourcePrincipal ?? "",
    destinationPrincipal: row.destinationPrincipal ?? "",
    metric: row.metric ?? "sentBytes",
    perSecond: row.perSecond,
  };
}

export function operationRow(
  row: Ends & Partial<Omit<OperationReport, keyof EdgeLabels>> & { operation: string; perSecond: number },
): OperationReport {
  return {
    ...edgeLabels(row),
    reporter: row.reporter ?? "destination",
    protocol: row.protocol ?? "http",
    operation: row.operation,
    responseCode: row.responseCode ?? "200",
    grpcStatus: row.grpcStatus ?? "",
    responseFlags: row.responseFlags ?? "-",
    perSecond: row.perSecond,
  };
}

/** A report over five minutes. */
export function rateReport(rows: { requests?: readonly RequestReport[]; tcp?: readonly TcpReport[] }): RateReport {
  return {
    atSeconds: 1_000_000,
    windowSeconds: 300,
    requests: rows.requests ?? [],
    tcp: rows.tcp ?? [],
    warnings: [],
    quality: [],
  };
}
