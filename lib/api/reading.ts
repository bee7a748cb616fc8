/** GET /api/v1/reading: the compact tables the browser works from. One schema, shared by route, hook and OpenAPI. */
import { z } from "zod";
import type { HealthConfig } from "#lib/domain/health/tolerances.ts";
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import type { EdgeTable, LatencyTable } from "#lib/domain/telemetry/edgeTable.ts";
import { QUALITY_PROBLEMS, type QualityNote } from "#lib/domain/telemetry/quality.ts";

export const warningSchema = z.object({ code: z.string(), message: z.string(), hint: z.string().exactOptional() });

export const sourceStatusSchema = z.discriminatedUnion("state", [
  z.object({ state: z.literal("starting"), sinceSeconds: z.number() }),
  z.object({ state: z.literal("ok"), sinceSeconds: z.number() }),
  z.object({
    state: z.literal("failing"),
    sinceSeconds: z.number(),
    kind: z.enum(["unreachable", "denied", "timeout", "rejected", "malformed"]),
    message: z.string(),
    hint: z.string(),
    retryAtSeconds: z.number().exactOptional(),
  }),
]);

/** Telemetry rows that were left out, or are odd: counted by problem, with a few examples. */
export const qualityNoteSchema: z.ZodType<QualityNote> = z.object({
  problem: z.enum(QUALITY_PROBLEMS),
  rows: z.number(),
  examples: z.array(z.string()),
});

/** One data source as the status popover shows it: "telemetry" or "cluster/<name>". */
export const sourceSchema = z.object({
  id: z.string(),
  name: z.string(),
  foundBy: z.string(),
  status: sourceStatusSchema,
  product: z.string().optional(),
  version: z.string().optional(),
  /** How rates are read, in words, where not from the proxies' own series. */
  reads: z.string().optional(),
  scrapeIntervalSeconds: z.number().optional(),
  retentionSeconds: z.number().optional(),
});
export type SourceView = z.infer<typeof sourceSchema>;

/** Tolerances that are set; the defaults are not among them. */
const healthSchema: z.ZodType<HealthConfig> = z.object({
  rate: z.array(
    z.object({
      namespace: z.string(),
      kind: z.string(),
      name: z.string(),
      tolerance: z.array(
        z.object({
          code: z.string(),
          protocol: z.string(),
          direction: z.string(),
          degraded: z.number(),
          failure: z.number(),
        }),
      ),
    }),
  ),
});

const column = z.array(z.number());
const edgeTableSchema: z.ZodType<EdgeTable> = z.object({
  strings: z.array(z.string()),
  workloads: z.object({ cluster: column, namespace: column, name: column, app: column, version: column }),
  services: z.object({ cluster: column, namespace: column, name: column, host: column }),
  edges: z.object({ source: column, target: column, service: column, protocol: column, reporters: column }),
  responses: z.object({ edge: column, code: column, flags: column, perSecond: column }),
  tcp: z.object({
    edge: column,
    sentBytesPerSecond: column,
    receivedBytesPerSecond: column,
    connectionsOpenedPerSecond: column,
  }),
  security: z.object({
    edge: column,
    sourcePrincipal: column,
    destinationPrincipal: column,
    mutualTls: column,
    reported: column,
  }),
  messages: z.object({ edge: column, sentPerSecond: column, receivedPerSecond: column }).exactOptional(),
  throughput: z.object({ edge: column, requestBytesPerSecond: column, responseBytesPerSecond: column }).exactOptional(),
  operations: z
    .object({ edge: column, operation: column, code: column, flags: column, perSecond: column })
    .exactOptional(),
  /** Rows that stand for what the viewer may not see. */
  withheld: z.object({ workload: z.number().exactOptional(), services: column }).exactOptional(),
});

const latencyTableSchema: z.ZodType<LatencyTable> = z.object({
  le: z.array(z.union([z.number(), z.literal("+Inf")])),
  edge: column,
  millisecondsPerSecond: column,
  countPerSecond: column,
  buckets: z.array(z.array(z.number()).nullable()),
});

const labels = z.record(z.string(), z.string());
const modes = z.enum(["sidecar", "ambient", "proxy", "none"]);
const meshNodesSchema: z.ZodType<MeshNodes> = z.object({
  namespaces: z.array(
    z.object({
      cluster: z.string(),
      name: z.string(),
      mode: z.enum(["sidecar", "ambient", "none"]),
      revision: z.string().exactOptional(),
      undiscovered: z.literal(true).exactOptional(),
      unlisted: z.array(z.enum(["workloads", "services"])).exactOptional(),
    }),
  ),
  workloads: z.array(
    z.object({
      cluster: z.string(),
      namespace: z.string(),
      name: z.string(),
      kind: z.string(),
      app: z.string(),
      version: z.string(),
      desiredReplicas: z.number(),
      availableReplicas: z.number(),
      currentReplicas: z.number().exactOptional(),
      proxies: z.object({ synced: z.number(), total: z.number() }).exactOptional(),
      healthRate: z.string().exactOptional(),
      mode: modes,
      role: z.enum(["workload", "ingressGateway", "egressGateway", "waypoint", "ztunnel", "controlPlane"]),
      gatewayHosts: z.array(z.string()),
      labels: labels.exactOptional(),
    }),
  ),
  services: z.array(
    z.object({
      cluster: z.string(),
      namespace: z.string(),
      name: z.string(),
      kind: z.enum(["Service", "ServiceEntry"]),
      hosts: z.array(z.string()),
      location: z.enum(["external", "internal"]).exactOptional(),
      exportTo: z.array(z.string()).exactOptional(),
      workloads: z.array(z.string()),
      labels: labels.exactOptional(),
      flags: z.array(
        z.enum([
          "hasVirtualService",
          "hasDestinationRule",
          "hasHttpRoute",
          "hasTrafficSplit",
          "hasFaultInjection",
          "hasMirroring",
          "hasRequestTimeout",
          "hasCircuitBreaker",
        ]),
      ),
      healthRate: z.string().exactOptional(),
    }),
  ),
});

export const readingSchema = z.object({
  version: z.literal(1),
  /** Unix seconds the rates end at. With a failing source this is the last good reading's. */
  asOf: z.number(),
  /** The server's clock when it answered: ages are now - asOf, whatever the browser's clock says. */
  now: z.number(),
  requestedWindowSeconds: z.number(),
  /** The window used: wider than requested when that held fewer than four scrapes. */
  windowSeconds: z.number(),
  /** True when `asOf` was chosen by the viewer: such a reading never grows stale. */
  historical: z.boolean(),
  configurationVersion: z.number(),
  warnings: z.array(warningSchema),
  quality: z.array(qualityNoteSchema),
  sources: z.array(sourceSchema),
  edges: edgeTableSchema,
  /** Unix seconds the latencies end at: up to a minute before the rates, since they cost far more to read. */
  latencyAsOf: z.number().exactOptional(),
  latency: latencyTableSchema.exactOptional(),
  mesh: meshNodesSchema,
  health: healthSchema,
});
export type Reading = z.infer<typeof readingSchema>;
