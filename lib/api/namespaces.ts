/** GET /api/v1/namespaces: how every namespace is, from the same reading and by the same rules as the map. */
import { z } from "zod";
import { buildGraph, DEFAULT_GRAPH_OPTIONS, type GraphInput } from "#lib/domain/graph/buildGraph.ts";
import { namespaceBoxOf } from "#lib/domain/graph/group.ts";
import { HEALTH_ORDER } from "#lib/domain/health/health.ts";
import { rollUp, rollUpBy } from "#lib/domain/health/rollUp.ts";
import { warningSchema } from "./reading.ts";

const count = z.number();

export const namespacesSchema = z.object({
  /** Absent where there is no telemetry: then health is that of replicas and proxies alone. */
  asOf: z.number().optional(),
  windowSeconds: z.number().optional(),
  warnings: z.array(warningSchema),
  namespaces: z.array(
    z.object({
      cluster: z.string(),
      name: z.string(),
      mode: z.enum(["sidecar", "ambient", "none"]),
      revision: z.string().optional(),
      /** Outside of istiod's discovery selectors. */
      undiscovered: z.literal(true).optional(),
      workloads: z.number(),
      services: z.number(),
      /** Of the worst workload or service. */
      health: z.enum(HEALTH_ORDER),
      /** Workloads and services by health. */
      members: z.object({ healthy: count, degraded: count, failing: count, notReady: count, unknown: count }),
    }),
  ),
});
export type NamespacesDocument = z.infer<typeof namespacesSchema>;

const NOBODY = rollUp([]);

/**
 * Namespaces that configuration knows, in order of cluster and name, each with the roll-up of the map that shows all of
 * it: workloads, the services between them, and those that are idle.
 */
export function toNamespaces(reading: Omit<GraphInput, "latency">): NamespacesDocument["namespaces"] {
  const { edges, mesh, windowSeconds, health: tolerances } = reading;
  const place = ({ cluster, namespace }: { cluster: string; namespace: string }) => `${cluster}/${namespace}`;
  const workloads = Map.groupBy(mesh.workloads, place);
  const services = Map.groupBy(mesh.services, place);
  const input = { edges, mesh, windowSeconds, ...(tolerances && { health: tolerances }) };
  const graph = buildGraph(input, { ...DEFAULT_GRAPH_OPTIONS, idleNodes: true });
  const rolledUp = rollUpBy(graph.nodes, namespaceBoxOf);
  const namespaces = mesh.namespaces.map(({ cluster, name, mode, revision, undiscovered }) => {
    const key = place({ cluster, namespace: name });
    const { health, counts } = rolledUp.get(namespaceBoxOf({ cluster, namespace: name }) ?? "") ?? NOBODY;
    return {
      cluster,
      name,
      mode,
      revision,
      undiscovered,
      workloads: workloads.get(key)?.length ?? 0,
      services: services.get(key)?.length ?? 0,
      health,
      members: { ...counts },
    };
  });
  return namespaces.sort((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1));
}

function placeOf({ cluster, name }: { cluster: string; name: string }): string {
  return `${cluster}/${name}`;
}
