/** GET /api/v1/clusters: each cluster by itself: how it does, which kinds are read, how many objects there are. */
import { z } from "zod";
import { writesSchema } from "./objects.ts";
import { sourceStatusSchema, warningSchema } from "./reading.ts";

/** How a certificate stands now; the others say why it is not known. `expiring`: it ends within 30 days. */
export const CERTIFICATE_STATES = [
  "valid",
  "expiring",
  "expired",
  "not-yet-valid",
  "missing",
  "denied",
  "not-tls",
  "unreadable",
  "not-granted",
  "unknown",
] as const;

const certificateSchema = z.object({
  /** The Secret that holds it. */
  namespace: z.string(),
  name: z.string(),
  state: z.enum(CERTIFICATE_STATES),
  message: z.string().exactOptional(),
  subject: z.string().exactOptional(),
  issuer: z.string().exactOptional(),
  /** Unix seconds. */
  notBefore: z.number().exactOptional(),
  expiresAt: z.number().exactOptional(),
  dnsNames: z.array(z.string()).exactOptional(),
  usedBy: z.array(
    z.object({ group: z.string(), kind: z.string(), namespace: z.string(), name: z.string(), server: z.string() }),
  ),
});

const clusterSchema = z.object({
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
  /** Those that gateways serve; absent where they are not read (MESHSCOPE_CERTIFICATES). */
  certificates: z.array(certificateSchema).exactOptional(),
  /** Whether the viewer may change objects here, as far as Kubernetes lets them. */
  writes: writesSchema.exactOptional(),
});

export const clustersSchema = z.object({
  warnings: z.array(warningSchema),
  clusters: z.array(clusterSchema),
});
export type ClustersDocument = z.infer<typeof clustersSchema>;
