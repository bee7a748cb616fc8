/** Which series are about a scope: matchers of the calls that arrive at it, or leave it. */
import {
  ENVOY_SERVICES,
  type EndScope,
  passesThrough,
  type SeriesRequest,
  type SeriesScope,
} from "#lib/domain/telemetry/timeSeries.ts";
import { anyOf, equals, type Matcher } from "./selector.ts";

type End = "source" | "destination";

/** Matchers of the calls that arrive at a scope, or leave it. A Service sends nothing itself: its app's calls stand for it. */
export function scopeMatchers(scope: SeriesScope, direction: SeriesRequest["direction"]): Matcher[] {
  if (scope.kind === "mesh") return [];
  if (scope.kind !== "edge") return endMatchers(scope, direction === "inbound" ? "destination" : "source");
  const { from, to } = scope;
  const start = passesThrough(from, to) ? "destination" : "source";
  // A call that found no endpoint counts for its caller's cluster, and so not for a target in another one.
  const cluster = clusterOf(to);
  const isAbroad = cluster !== undefined && clusterOf(from) !== undefined && clusterOf(from) !== cluster;
  const target = endMatchers(to, "destination").map((matcher) =>
    isAbroad && matcher.label === "destination_cluster" ? equals(matcher.label, cluster) : matcher,
  );
  const both = [...endMatchers(from, start), ...target];
  // A Service and what is behind it may ask the same twice.
  return [...new Map(both.map((matcher) => [JSON.stringify(matcher), matcher])).values()];
}

function clusterOf(scope: EndScope): string | undefined {
  return scope.cluster;
}

function endMatchers(scope: EndScope, end: End): Matcher[] {
  const namespace = (name: string) => named(`${end}_workload_namespace`, name);
  switch (scope.kind) {
    case "cluster":
      return [equals(`${end}_cluster`, scope.cluster)];
    case "namespaces":
      // Calls that found no endpoint name the service's namespace only.
      return [
        ...inCluster(end, scope),
        anyOf(end === "destination" ? "destination_service_namespace" : "source_workload_namespace", scope.namespaces),
      ];
    case "workload":
      return [...inCluster(end, scope), namespace(scope.namespace), named(`${end}_workload`, scope.workload)];
    case "app": {
      const version = scope.version === undefined ? [] : [named(`${end}_canonical_revision`, scope.version)];
      const app = named(`${end}_canonical_service`, scope.app);
      return [...inCluster(end, scope), namespace(scope.namespace), app, ...version];
    }
    case "service":
      if (end === "destination") return [...inCluster(end, scope), ...calledService(scope)];
      return [
        ...inCluster(end, scope),
        namespace(scope.namespace),
        scope.workloads === undefined
          ? named("source_canonical_service", scope.service)
          : anyOf("source_workload", scope.workloads),
      ];
    case "hosts":
      return [...inCluster("destination", scope), anyOf("destination_service", scope.hosts)];
    case "operation": {
      const { service, operation } = scope;
      const called =
        service === undefined
          ? [named("destination_workload_namespace", scope.namespace)]
          : calledService({ ...scope, service });
      return [...inCluster("destination", scope), ...called, equals("request_operation", operation)];
    }
    case "unknown":
      return [...inCluster(otherThan(end), scope), ...nameless(end)];
    case "passthrough":
    case "blackhole": {
      const service = equals("destination_service_name", ENVOY_SERVICES[scope.kind]);
      return [...inCluster("source", scope), service, ...nameless("destination")];
    }
  }
}

/** Istio says "unknown" for the cluster of a call that found no endpoint, and of a caller it does not know. */
function inCluster(end: End, { cluster, exact }: { readonly cluster?: string; readonly exact?: true }): Matcher[] {
  if (cluster !== undefined && exact) return [equals(`${end}_cluster`, cluster)];
  return cluster === undefined ? [] : [anyOf(`${end}_cluster`, [...new Set([cluster, "unknown", ""])])];
}

function calledService({ namespace, service }: { readonly namespace: string; readonly service: string }): Matcher[] {
  return [named("destination_service_namespace", namespace), named("destination_service_name", service)];
}

function nameless(end: End): Matcher[] {
  return [named(`${end}_workload`, ""), named(`${end}_canonical_service`, "")];
}

function otherThan(end: End): End {
  return end === "source" ? "destination" : "source";
}

/** Our "" is what Istio calls "unknown", or leaves out. */
function named(label: string, value: string): Matcher {
  return value === "" ? anyOf(label, ["", "unknown"]) : equals(label, value);
}
