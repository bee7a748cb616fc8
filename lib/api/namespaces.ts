/** GET /api/v1/namespaces. */
import { z } from "zod";
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";

export const namespacesSchema = z.object({
  namespaces: z.array(
    z.object({
      cluster: z.string(),
      name: z.string(),
      mode: z.enum(["sidecar", "ambient", "none"]),
      revision: z.string().optional(),
      workloads: z.number(),
      services: z.number(),
    }),
  ),
});

/** Namespaces in order of cluster and name, with the number of workloads and services in them. */
export function toNamespaces(mesh: MeshNodes): z.infer<typeof namespacesSchema> {
  const place = ({ cluster, namespace }: { cluster: string; namespace: string }) => `${cluster}/${namespace}`;
  const workloads = Map.groupBy(mesh.workloads, place);
  const services = Map.groupBy(mesh.services, place);
  const namespaces = mesh.namespaces.map(({ cluster, name, mode, revision }) => {
    const key = place({ cluster, namespace: name });
    return {
      cluster,
      name,
      mode,
      revision,
      workloads: workloads.get(key)?.length ?? 0,
      services: services.get(key)?.length ?? 0,
    };
  });
  return { namespaces: namespaces.sort((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1)) };
}

function placeOf({ cluster, name }: { cluster: string; name: string }): string {
  return `${cluster}/${name}`;
}
