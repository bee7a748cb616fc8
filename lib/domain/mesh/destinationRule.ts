/** A typed view of an Istio DestinationRule. The host is as written: resolve it with resolveHost. */
import type { Labels } from "./labels.ts";
import type { MeshObject } from "./meshObject.ts";
import { durationSeconds, finite, optionalShape, type Shape, shape, shapes, text, textMap, texts } from "./shape.ts";

export type OutlierDetection = {
  readonly consecutive5xxErrors?: number | undefined;
  readonly consecutiveGatewayErrors?: number | undefined;
  readonly intervalSeconds?: number | undefined;
  readonly baseEjectionSeconds?: number | undefined;
  readonly maxEjectionPercent?: number | undefined;
};

export type ConnectionPool = {
  readonly maxConnections?: number | undefined;
  readonly http1MaxPendingRequests?: number | undefined;
  readonly http2MaxRequests?: number | undefined;
  readonly maxRequestsPerConnection?: number | undefined;
  readonly maxRetries?: number | undefined;
};

export type TrafficPolicy = {
  readonly outlierDetection?: OutlierDetection | undefined;
  readonly connectionPool?: ConnectionPool | undefined;
  /** DISABLE, SIMPLE, MUTUAL or ISTIO_MUTUAL. */
  readonly tlsMode?: string | undefined;
  /** ROUND_ROBIN, LEAST_REQUEST, consistentHash… */
  readonly loadBalancer?: string | undefined;
};

export type Subset = {
  readonly name: string;
  readonly labels: Labels;
  readonly trafficPolicy?: TrafficPolicy | undefined;
};

export type DestinationRule = {
  readonly namespace: string;
  readonly name: string;
  /** "" where none is given. */
  readonly host: string;
  readonly exportTo: readonly string[];
  readonly workloadSelector: Labels;
  readonly subsets: readonly Subset[];
  readonly trafficPolicy?: TrafficPolicy | undefined;
  /** Entries replace the four main settings for their port: nothing is inherited. */
  readonly portPolicies: readonly (TrafficPolicy & { readonly port: number })[];
};

/** Reads a DestinationRule. Subsets without a name are left out. */
export function readDestinationRule(object: MeshObject): DestinationRule {
  const spec = shape(object.spec);
  return {
    namespace: object.metadata.namespace,
    name: object.metadata.name,
    host: text(spec["host"]) ?? "",
    exportTo: texts(spec["exportTo"]),
    workloadSelector: textMap(shape(spec["workloadSelector"])["matchLabels"]),
    subsets: shapes(spec["subsets"]).flatMap((subset) => {
      const name = text(subset["name"]);
      if (name === undefined) return [];
      return [{ name, labels: textMap(subset["labels"]), trafficPolicy: readPolicy(subset["trafficPolicy"]) }];
    }),
    trafficPolicy: readPolicy(spec["trafficPolicy"]),
    portPolicies: shapes(shape(spec["trafficPolicy"])["portLevelSettings"]).flatMap((entry) => {
      const port = finite(shape(entry["port"])["number"]);
      return port === undefined ? [] : [{ ...readPolicy(entry), port }];
    }),
  };
}

function readPolicy(value: unknown): TrafficPolicy | undefined {
  const policy = optionalShape(value);
  if (policy === undefined) return undefined;
  const loadBalancer = shape(policy["loadBalancer"]);
  return {
    outlierDetection: readOutlierDetection(optionalShape(policy["outlierDetection"])),
    connectionPool: readConnectionPool(optionalShape(policy["connectionPool"])),
    tlsMode: text(shape(policy["tls"])["mode"]),
    loadBalancer: optionalShape(loadBalancer["consistentHash"]) ? "consistentHash" : text(loadBalancer["simple"]),
  };
}

function readOutlierDetection(outlier: Shape | undefined): OutlierDetection | undefined {
  return (
    outlier && {
      consecutive5xxErrors: finite(outlier["consecutive5xxErrors"]),
      consecutiveGatewayErrors: finite(outlier["consecutiveGatewayErrors"]),
      intervalSeconds: durationSeconds(outlier["interval"]),
      baseEjectionSeconds: durationSeconds(outlier["baseEjectionTime"]),
      maxEjectionPercent: finite(outlier["maxEjectionPercent"]),
    }
  );
}

function readConnectionPool(pool: Shape | undefined): ConnectionPool | undefined {
  if (pool === undefined) return undefined;
  const http = shape(pool["http"]);
  return {
    maxConnections: finite(shape(pool["tcp"])["maxConnections"]),
    http1MaxPendingRequests: finite(http["http1MaxPendingRequests"]),
    http2MaxRequests: finite(http["http2MaxRequests"]),
    maxRequestsPerConnection: finite(http["maxRequestsPerConnection"]),
    maxRetries: finite(http["maxRetries"]),
  };
}
