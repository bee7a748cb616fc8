/** GET /api/v1/compare: two readings of one mesh, and what is different between them. */
import { z } from "zod";
import { FIGURES, type GraphDiff } from "#lib/domain/graph/diff.ts";
import { GRAPH_TYPES, type GraphType } from "#lib/domain/graph/graph.ts";
import { distinctWarnings } from "#lib/domain/telemetry/distinctWarnings.ts";
import { PROTOCOLS } from "#lib/domain/telemetry/edgeTable.ts";
import { warningSchema } from "./reading.ts";

/** Requests a second, percent, milliseconds, bytes a second. `significant`: more than noise, and worth saying. */
const changeSchema = z.object({
  before: z.number().optional(),
  after: z.number().optional(),
  absolute: z.number().optional(),
  /** 1 is twice as much. */
  relative: z.number().optional(),
  significant: z.boolean(),
});

const diffBase = {
  id: z.string(),
  status: z.enum(["added", "removed", "changed", "same"]),
  significant: z.boolean(),
  changes: z.partialRecord(z.enum(FIGURES), changeSchema),
};

const momentSchema = z.object({ asOf: z.number(), windowSeconds: z.number() });

export const compareSchema = z.object({
  graphType: z.enum(GRAPH_TYPES),
  before: momentSchema,
  after: momentSchema,
  warnings: z.array(warningSchema),
  nodes: z.array(z.object({ ...diffBase, label: z.string(), namespace: z.string() })),
  edges: z.array(z.object({ ...diffBase, source: z.string(), target: z.string(), protocol: z.enum(PROTOCOLS) })),
});

type Loaded = {
  readonly asOf: number;
  readonly windowSeconds: number;
  readonly warnings: Readonly<z.infer<typeof warningSchema>[]>;
};

/** The document of a comparison. */
export function toCompare(
  graphType: GraphType,
  before: Loaded,
  after: Loaded,
  { nodes, edges }: GraphDiff,
): z.infer<typeof compareSchema> {
  const moment = ({ asOf, windowSeconds }: Loaded) => ({ asOf, windowSeconds });
  return {
    graphType,
    before: moment(before),
    after: moment(after),
    warnings: distinctWarnings([...before.warnings, ...after.warnings]),
    nodes: [...nodes],
    edges: [...edges],
  };
}
