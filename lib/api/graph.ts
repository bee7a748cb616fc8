/** GET /api/v1/graph: the documented form of the graph, and the formats it leaves in. */
import { z } from "zod";
import { flagRates, hasOpenBreaker } from "#lib/domain/graph/edgeFlags.ts";
import { GRAPH_TYPES, type Graph, type GraphEdge, type GraphNode } from "#lib/domain/graph/graph.ts";
import { lockOf } from "#lib/domain/graph/lock.ts";
import { HEALTH_ORDER } from "#lib/domain/health/health.ts";
import { toCsv, toCytoscape, toDot } from "./graphExports.ts";
import { qualityNoteSchema, warningSchema } from "./reading.ts";

const health = z.enum(HEALTH_ORDER);

const nodeSchema = z.object({
  id: z.string(),
  type: z.string(),
  cluster: z.string(),
  namespace: z.string().optional(),
  workload: z.string().optional(),
  app: z.string().optional(),
  version: z.string().optional(),
  service: z.string().optional(),
  operation: z.string().optional(),
  hosts: z.array(z.string()).optional(),
  replicas: z.object({ desired: z.number(), available: z.number() }).optional(),
  health,
  flags: z.array(z.string()),
});

const edgeBase = {
  id: z.string(),
  source: z.string(),
  target: z.string(),
  health,
  mtlsPercent: z.number().optional(),
  lock: z.enum(["full", "partial", "none", "unknown"]),
  /** Who talked as whom; empty where no server-side proxy could tell. */
  principals: z.array(
    z.object({ source: z.string(), target: z.string(), trafficPercent: z.number(), mtlsPercent: z.number() }),
  ),
  reporters: z.array(z.string()),
};

const requestEdgeSchema = z.object({
  ...edgeBase,
  protocol: z.enum(["http", "grpc"]),
  requestsPerSecond: z.number(),
  errorPercent: z.number(),
  responses: z.array(z.object({ code: z.string(), flags: z.string(), host: z.string(), perSecond: z.number() })),
  /** Percent of the edge's requests by code and single response flag, over all hosts. */
  flagsByCode: z.record(z.string(), z.record(z.string(), z.number())),
  /** A circuit breaker refused calls in the window (flag UO). */
  circuitBreakerOpen: z.boolean(),
  /** Milliseconds. */
  latency: z
    .object({
      average: z.number(),
      p50: z.number().optional(),
      p95: z.number().optional(),
      p99: z.number().optional(),
    })
    .optional(),
  throughput: z.object({ requestBytesPerSecond: z.number(), responseBytesPerSecond: z.number() }).optional(),
  /** gRPC messages, from the client's point of view. */
  messages: z.object({ sentPerSecond: z.number(), receivedPerSecond: z.number() }).optional(),
});

const tcpEdgeSchema = z.object({
  ...edgeBase,
  protocol: z.literal("tcp"),
  sentBytesPerSecond: z.number(),
  receivedBytesPerSecond: z.number(),
  connectionsOpenedPerSecond: z.number(),
});

export const graphSchema = z.object({
  asOf: z.number(),
  windowSeconds: z.number(),
  graphType: z.enum(GRAPH_TYPES),
  warnings: z.array(warningSchema),
  quality: z.array(qualityNoteSchema),
  nodes: z.array(nodeSchema),
  edges: z.array(z.union([requestEdgeSchema, tcpEdgeSchema])),
});
export type GraphDocument = z.infer<typeof graphSchema>;

export type GraphFormat = "json" | "dot" | "csv" | "cytoscape";

type Loaded = {
  readonly graph: Graph;
  readonly asOf: number;
  readonly windowSeconds: number;
  readonly warnings: Readonly<GraphDocument["warnings"]>;
  readonly quality: Readonly<GraphDocument["quality"]>;
};

/** The graph in a format, with its media type. */
export function formatGraph(loaded: Loaded, format: GraphFormat): { body: unknown; type: string } {
  switch (format) {
    case "json":
      return { body: toDocument(loaded), type: "application/json" };
    case "dot":
      return { body: toDot(loaded.graph), type: "text/vnd.graphviz; charset=utf-8" };
    case "csv":
      return { body: toCsv(loaded.graph), type: "text/csv; charset=utf-8" };
    case "cytoscape":
      return { body: toCytoscape(loaded.graph), type: "application/json" };
  }
}

function toDocument({ graph, asOf, windowSeconds, warnings, quality }: Loaded): GraphDocument {
  return {
    asOf,
    windowSeconds,
    graphType: graph.graphType,
    warnings: [...warnings],
    quality: [...quality],
    nodes: graph.nodes.map(toNode),
    edges: graph.edges.map(toEdge),
  };
}

function toNode(node: GraphNode): GraphDocument["nodes"][number] {
  const { id, type, cluster, namespace, workload, app, version, service, operation, hosts, replicas, flags } = node;
  return {
    id,
    type,
    cluster,
    ...(namespace === "" ? {} : { namespace }),
    workload,
    app,
    version,
    service,
    operation,
    hosts: hosts === undefined ? undefined : [...hosts],
    replicas,
    health: node.health,
    flags: [...flags],
  };
}

function toEdge(edge: GraphEdge): GraphDocument["edges"][number] {
  const { reasons: _reasons, principals, reporters, ...rest } = edge;
  const base = { principals: [...principals], reporters: [...reporters], lock: lockOf(edge) };
  if (rest.protocol === "tcp") return { ...rest, ...base };
  const { errorsPerSecond: _errors, clientErrorsPerSecond: _clientErrors, responses, ...request } = rest;
  // From entries: a code may be called anything, "__proto__" included.
  const byCode = Map.groupBy(flagRates(edge), ({ code }) => code);
  const flagsByCode = Object.fromEntries(
    Array.from(byCode, ([code, rates]) => [
      code,
      Object.fromEntries(rates.map(({ flag, percent }) => [flag, percent])),
    ]),
  );
  return { ...request, ...base, responses: [...responses], flagsByCode, circuitBreakerOpen: hasOpenBreaker(edge) };
}
