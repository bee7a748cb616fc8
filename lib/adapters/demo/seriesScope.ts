/** Which calls a scope of time series is about, by the labels they are reported with. */
import type { EdgeLabels } from "#lib/domain/telemetry/reports.ts";
import {
  ENVOY_SERVICES,
  type EndScope,
  passesThrough,
  type SeriesRequest,
  type SeriesScope,
} from "#lib/domain/telemetry/timeSeries.ts";

export function isInScope(edge: EdgeLabels, { scope, direction }: Pick<SeriesRequest, "scope" | "direction">): boolean {
  if (scope.kind === "mesh") return true;
  if (scope.kind === "edge") {
    const starts = passesThrough(scope.from, scope.to) ? arrives(edge, scope.from) : leaves(edge, scope.from);
    return starts && arrives(edge, scope.to);
  }
  return direction === "inbound" ? arrives(edge, scope) : leaves(edge, scope);
}

/** The operations a scope is about: none, or one at either end of an edge. */
export function operationsOf(scope: SeriesScope): string[] {
  if (scope.kind === "edge") return [scope.from, scope.to].flatMap(operationsOf);
  return scope.kind === "operation" ? [scope.operation] : [];
}

function arrives(edge: EdgeLabels, scope: EndScope): boolean {
  switch (scope.kind) {
    case "cluster":
      return edge.destinationCluster === scope.cluster;
    case "namespaces":
      return isInCluster(targetCluster(edge), scope) && scope.namespaces.includes(edge.destinationServiceNamespace);
    case "workload":
    case "app":
      return (
        isInCluster(targetCluster(edge), scope) &&
        edge.destinationNamespace === scope.namespace &&
        (scope.kind === "workload"
          ? edge.destinationWorkload === scope.workload
          : edge.destinationApp === scope.app && isVersion(edge.destinationVersion, scope))
      );
    case "service":
      return isInCluster(targetCluster(edge), scope) && calls(edge, scope);
    case "hosts":
      return isInCluster(targetCluster(edge), scope) && scope.hosts.includes(edge.destinationService);
    case "operation": {
      const { namespace, service } = scope;
      const isCalled =
        service === undefined ? edge.destinationNamespace === namespace : calls(edge, { namespace, service });
      return isInCluster(targetCluster(edge), scope) && isCalled;
    }
    case "unknown":
      return isInCluster(edge.sourceCluster, scope) && !isTargetNamed(edge);
    case "passthrough":
    case "blackhole":
      return (
        isInCluster(edge.sourceCluster, scope) &&
        !isTargetNamed(edge) &&
        edge.destinationServiceName === ENVOY_SERVICES[scope.kind]
      );
  }
}

/** A Service sends nothing itself: its app's calls stand for it. What goes to places outside the mesh is all they have. */
function leaves(edge: EdgeLabels, scope: EndScope): boolean {
  switch (scope.kind) {
    case "cluster":
      return edge.sourceCluster === scope.cluster;
    case "namespaces":
      return isInCluster(edge.sourceCluster, scope) && scope.namespaces.includes(edge.sourceNamespace);
    case "workload":
    case "app":
    case "service":
      return (
        isInCluster(edge.sourceCluster, scope) &&
        edge.sourceNamespace === scope.namespace &&
        (scope.kind === "workload"
          ? edge.sourceWorkload === scope.workload
          : scope.kind === "service"
            ? (scope.workloads?.includes(edge.sourceWorkload) ?? edge.sourceApp === scope.service)
            : edge.sourceApp === scope.app && isVersion(edge.sourceVersion, scope))
      );
    case "unknown":
      return (
        isInCluster(targetCluster(edge), scope) && edge.sourceWorkload === "unknown" && edge.sourceApp === "unknown"
      );
    default:
      return arrives(edge, scope);
  }
}

function calls(
  edge: EdgeLabels,
  { namespace, service }: { readonly namespace: string; readonly service: string },
): boolean {
  return edge.destinationServiceNamespace === namespace && edge.destinationServiceName === service;
}

function isTargetNamed(edge: EdgeLabels): boolean {
  return edge.destinationWorkload !== "unknown" || edge.destinationApp !== "unknown";
}

function isVersion(reported: string, { version }: { readonly version?: string }): boolean {
  return version === undefined || version === reported;
}

/** A call that found no endpoint counts for its caller's cluster, as on the map. */
function targetCluster({ sourceCluster, destinationCluster }: EdgeLabels): string {
  return destinationCluster === "unknown" ? sourceCluster : destinationCluster;
}

function isInCluster(reported: string, { cluster }: { readonly cluster?: string }): boolean {
  return cluster === undefined || cluster === reported;
}
