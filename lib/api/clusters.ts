/** GET /api/v1/clusters: each cluster by itself: how it does, which kinds are read, how many objects there are. */
import { z } from "zod";
import { sourceStatusSchema, warningSchema } from "./reading.ts";

export const clusterSchema = z.object({
  cluster: z.string(),
  status: sourceStatusSchema,
  /** Rises with each change of its configuration. */
  version: z.number(),
  namespaces: z.number(),
  /** Kinds that the cluster serves and the viewer may list somewhere. */
  kinds: z.array(
    z.object({
      group: z.string(),
      kind: z.string(),
      state: z.enum(["listing", "watching", "absent", "denied", "failing"]),
      objects: z.number(),
      message: z.string().exactOptional(),
    }),
  ),
});

export const clustersSchema = z.object({
  warnings: z.array(warningSchema),
  clusters: z.array(clusterSchema),
});
export type ClustersDocument = z.infer<typeof clustersSchema>;
