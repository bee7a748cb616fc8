/** GET /api/v1/changes: what changed in the configuration, newest first. */
import { z } from "zod";
import { CHANGE_ACTIONS, KNOWN_BY } from "#lib/domain/mesh/changeLog.ts";

export const changeSchema = z.object({
  cluster: z.string(),
  group: z.string(),
  kind: z.string(),
  /** "" for cluster-scoped kinds. */
  namespace: z.string(),
  name: z.string(),
  action: z.enum(CHANGE_ACTIONS),
  /** Unix seconds. */
  at: z.number(),
  /** The field manager; absent where it is not known, as for everything removed. */
  manager: z.string().exactOptional(),
  /** Seen as it happened, or told by the times in the object's metadata. */
  known: z.enum(KNOWN_BY),
});

export const changesSchema = z.object({
  start: z.number(),
  end: z.number(),
  /** From when on every change is known. Before, only what objects that are still there say of themselves. */
  since: z.number().exactOptional(),
  /** There are more within the time than the limit lets through; these are the newest. */
  truncated: z.boolean(),
  changes: z.array(changeSchema),
});
export type ConfigurationChange = z.infer<typeof changeSchema>;
export type ChangesDocument = z.infer<typeof changesSchema>;
