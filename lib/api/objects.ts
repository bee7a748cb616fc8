/** Single objects: GET /api/v1/object, POST /api/v1/objects, GET /api/v1/permissions. */
import { z } from "zod";

/** Deeper than anything a mesh is configured with; what looks at every field must not run out of stack. */
const DEEPEST = 64;

/** A key that would change what an object inherits, or nesting without end. Undefined for ordinary data. */
function hostilePart(value: unknown): string | undefined {
  const left: [value: unknown, depth: number][] = [[value, 0]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [part, depth] = next;
    if (typeof part !== "object" || part === null) continue;
    if (depth > DEEPEST) return `is nested deeper than ${DEEPEST} levels`;
    if (Object.hasOwn(part, "__proto__")) return "has a key __proto__, which is no field of Kubernetes";
    for (const inner of Object.values(part)) left.push([inner, depth + 1]);
  }
  return undefined;
}

/** DNS-1123, as the API server itself checks names. */
const nameSchema = z
  .string({ error: "must be given; generateName is not used here" })
  .max(253)
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, "must be lower-case letters, digits, - and .")
  .refine((name) => !name.includes(".."), "must not contain ..");
const namespaceSchema = z
  .string({ error: "must be given" })
  .max(63)
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "must be lower-case letters, digits and -");
const kindSchema = z.string().regex(/^[A-Za-z]{1,63}$/, "must be a kind such as VirtualService");
const groupSchema = z.string().regex(/^[a-z0-9.-]{0,253}$/, "must be a group such as networking.istio.io");
/** Opaque; but what is none must not reach a log or a body. */
const versionSchema = z.string().regex(/^[\w.-]{1,128}$/, "must be the resourceVersion that was read");
const clusterSchema = z.string().min(1).max(253);

const metadataSchema = z.looseObject({
  name: nameSchema,
  namespace: namespaceSchema,
  uid: versionSchema.optional(),
  resourceVersion: versionSchema.optional(),
});

/** A whole object as somebody sends it to be written: any fields, but a type and a place that can be ones. */
const objectSchema = z.preprocess(
  (value, context) => {
    const problem = hostilePart(value);
    if (problem === undefined) return value;
    context.issues.push({ code: "custom", message: problem, input: undefined });
    return z.NEVER;
  },
  z.looseObject({
    apiVersion: z
      .string()
      .regex(/^[a-z0-9.-]{1,253}\/v\d{1,4}((alpha|beta)\d{1,4})?$/, "must be one such as networking.istio.io/v1"),
    kind: kindSchema,
    metadata: metadataSchema,
  }),
);

/** An object as it is answered: as the API server sent it, managedFields left out. */
const answeredObjectSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

const refSchema = z.strictObject({
  group: groupSchema,
  kind: kindSchema,
  namespace: namespaceSchema,
  name: nameSchema,
});

const changeSchema = z.discriminatedUnion("action", [
  z.strictObject({ action: z.literal("create"), object: objectSchema }),
  z.strictObject({
    action: z.literal("update"),
    /** `metadata.resourceVersion` must be the version that was read. */
    object: objectSchema.refine(({ metadata }) => metadata.resourceVersion !== undefined, {
      path: ["metadata", "resourceVersion"],
      message: "must be the version that was read: an update says what it replaces",
    }),
  }),
  z.strictObject({
    action: z.literal("delete"),
    ref: refSchema,
    resourceVersion: versionSchema,
    uid: versionSchema.optional(),
  }),
]);

export const changeRequestSchema = z.strictObject({
  cluster: clusterSchema,
  change: changeSchema,
  /** Only checks, admission included. A change is checked so before it is written in any case. */
  dryRun: z.boolean().default(false),
});
export type ChangeRequest = z.output<typeof changeRequestSchema>;

/** A change as it is answered: ready to be sent again. */
const undoSchema = z.discriminatedUnion("action", [
  z.object({ action: z.literal(["create", "update"]), object: answeredObjectSchema }),
  z.object({ action: z.literal("delete"), ref: refSchema, resourceVersion: z.string(), uid: z.string().optional() }),
]);

export const changeAnswerSchema = z.object({
  dryRun: z.boolean(),
  /** Absent for a new object. */
  before: answeredObjectSchema.optional(),
  /** Absent for a deleted object. */
  after: answeredObjectSchema.optional(),
  /** What the API server warns of. */
  warnings: z.array(z.string()),
  /** The change that takes this one back; absent after a dry run, and while a deleted object waits for its finalizers. */
  undo: undoSchema.optional(),
});
export type ChangeAnswer = z.infer<typeof changeAnswerSchema>;

/** Why a change was not written. The API server's own words are in `detail`. */
export const changeProblemSchema = z.object({
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  hint: z.string().optional(),
  reason: z.string(),
  /** Fields that the API server objects to. */
  causes: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  /** What was to be written, where somebody else's change is in the way. */
  yours: answeredObjectSchema.optional(),
  /** What is there now. */
  theirs: answeredObjectSchema.optional(),
  /** Paths of the fields in which the two differ: "spec.http[0].route[1].weight". */
  differing: z.array(z.string()).optional(),
});

export const objectQuerySchema = z.strictObject({ cluster: clusterSchema, ...refSchema.shape });

/** Whether a viewer may write to a cluster at all. */
export const writesSchema = z.object({
  /** "not-yours": writing is on, but this viewer cannot write here; `why` says which rule it is. */
  state: z.enum(["enabled", "off", "not-yours"]),
  why: z.string().optional(),
  hint: z.string().optional(),
});
export type Writes = z.infer<typeof writesSchema>;

export const objectAnswerSchema = z.object({
  object: answeredObjectSchema,
  permissions: z.object({ update: z.boolean(), delete: z.boolean() }),
  writes: writesSchema,
});
export type ObjectAnswer = z.infer<typeof objectAnswerSchema>;

export const permissionsQuerySchema = z.strictObject({ cluster: clusterSchema, namespace: namespaceSchema });

export const permissionsSchema = z.object({
  writes: writesSchema,
  /** What the viewer may do with objects of each kind that can be written here and that the cluster serves. */
  kinds: z.array(
    z.object({
      group: z.string(),
      kind: z.string(),
      create: z.boolean(),
      update: z.boolean(),
      delete: z.boolean(),
    }),
  ),
});
export type Permissions = z.infer<typeof permissionsSchema>;
