/** Query parameters of the API, checked: what routes parse, OpenAPI documents and errors name. */
import { z } from "zod";
import { GRAPH_TYPES } from "#lib/domain/graph/graph.ts";
import type { Expression } from "#lib/domain/graph/select/expression.ts";
import { DIRECTIONS, type Focus, WAYS } from "#lib/domain/graph/select/narrow.ts";
import { parseExpression } from "#lib/domain/graph/select/parse.ts";
import { PROTOCOLS } from "#lib/domain/telemetry/edgeTable.ts";
import { DETAILS } from "#lib/domain/telemetry/reports.ts";
import { type EndScope, NAMELESS, type SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";

const DAY = 86_400;
const UNIT_SECONDS = new Map([
  ["s", 1],
  ["m", 60],
  ["h", 3600],
  ["d", DAY],
]);

/** Seconds as a number, or with a unit: 300, 300s, 5m, 1h, 7d. */
export const durationSchema = z
  .string()
  .regex(/^\d{1,9}(s|m|h|d)?$/, "must be seconds such as 300, or 300s, 5m, 1h, 7d")
  .transform((text) => Number.parseInt(text, 10) * (UNIT_SECONDS.get(text.slice(-1)) ?? 1))
  .refine((seconds) => seconds >= 1 && seconds <= 30 * DAY, "must lie between 1 second and 30 days");

const instantSchema = z
  .string({ error: "must be unix seconds" })
  .regex(/^\d{1,15}(\.\d{1,9})?$/, "must be unix seconds")
  .transform(Number)
  .refine((seconds) => seconds <= 100_000_000_000, "must be unix seconds, not milliseconds");

const listSchema = z.string().transform((text) =>
  text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== ""),
);

export const readingQuerySchema = z.strictObject({
  window: durationSchema.default(300),
  at: instantSchema.optional(),
  latency: listSchema.optional(),
  details: listSchema.pipe(z.array(z.enum(DETAILS))).default([]),
  labels: z.stringbool().default(false),
});

/** An expression of the find language; what is wrong with it is said with its place. */
const expressionSchema = z.string().transform((text, context): Expression => {
  const parsed = parseExpression(text);
  if (parsed.ok) return parsed.expression;
  context.addIssue({ code: "custom", message: `${parsed.problem.message}, at character ${parsed.problem.from + 1}` });
  return z.NEVER;
});

const viewParameters = {
  graphType: z.enum(GRAPH_TYPES).default("workload"),
  namespaces: listSchema.default([]),
  clusters: listSchema.default([]),
  duration: durationSchema.default(300),
  at: instantSchema.optional(),
  serviceNodes: z.stringbool().default(true),
  idleNodes: z.stringbool().default(false),
  operations: z.stringbool().default(false),
  tunnelLegs: z.stringbool().default(false),
  protocols: listSchema.pipe(z.array(z.enum(PROTOCOLS))).default([...PROTOCOLS]),
  /** Ids of namespaces' boxes to fold into one node each. */
  collapsed: listSchema.default([]),
  hide: expressionSchema.optional(),
};

export const graphQuerySchema = z
  .strictObject({
    ...viewParameters,
    format: z.enum(["json", "dot", "csv", "cytoscape"]).default("json"),
    /** Id of a node: only what is at most `hops` calls up, down or both ways from it. */
    focus: z.string().optional(),
    hops: z.coerce.number().int().min(1).max(100).default(1),
    direction: z.enum(DIRECTIONS).default("both"),
    /** Two ids of nodes: only what lies on the ways from the first to the second. */
    path: listSchema.optional(),
    ways: z.enum(WAYS).default("shortest"),
  })
  .refine(({ path }) => path === undefined || path.length === 2, {
    path: ["path"],
    message: "must be two ids of nodes",
  })
  .refine(({ path, focus }) => path === undefined || focus === undefined, {
    path: ["focus"],
    message: "cannot be given together with path",
  })
  .transform(({ focus: id, hops, direction, path, ways, ...rest }) => ({
    ...rest,
    focus: focusOf(id, hops, direction, path, ways),
  }));

function focusOf(
  id: string | undefined,
  hops: number,
  direction: (typeof DIRECTIONS)[number],
  path: readonly string[] | undefined,
  ways: (typeof WAYS)[number],
): Focus | undefined {
  const [from, to] = path ?? [];
  if (from !== undefined && to !== undefined) return { kind: "path", from, to, ways };
  return id === undefined ? undefined : { kind: "around", id, hops, direction };
}

export const compareQuerySchema = z.strictObject({ ...viewParameters, with: instantSchema });

export const namespacesQuerySchema = z.strictObject({
  duration: durationSchema.default(300),
  at: instantSchema.optional(),
});

/** Of a route without parameters: any that is given is named in the refusal. */
export const emptyQuerySchema = z.strictObject({});

/** A scope as formatScope writes it. */
const scopeSchema = z.string().transform((text, context): SeriesScope => {
  const scope = parseScope(text);
  if (scope !== undefined) return scope;
  context.addIssue({
    code: "custom",
    message:
      "must be mesh, namespaces:a,b, workload:ns/name, app:ns/name[/version], service:ns/name[/workload…], hosts:a,b, operation:ns/operation[/service], unknown:, passthrough: or blackhole:, then @cluster if any, cluster:@cluster, or edge:<from>><to> of two such",
  });
  return z.NEVER;
});

const MOST_POINTS = 1500;

export const seriesQuerySchema = z
  .strictObject({
    scope: scopeSchema,
    direction: z.enum(["inbound", "outbound"]).default("inbound"),
    start: instantSchema,
    end: instantSchema,
    step: z.coerce.number().int().min(1).max(DAY),
  })
  .refine(({ start, end }) => end > start, { path: ["end"], message: "must lie after start" })
  .refine(({ start, end, step }) => (end - start) / step <= MOST_POINTS, {
    path: ["step"],
    message: `gives more than ${MOST_POINTS} points; take a larger step`,
  });

const MOST_CHANGES = 5000;

export const changesQuerySchema = z
  .strictObject({
    start: instantSchema.optional(),
    end: instantSchema.optional(),
    namespaces: listSchema.default([]),
    limit: z.coerce.number().int().min(1).max(MOST_CHANGES).default(500),
  })
  .refine(({ start, end }) => start === undefined || end === undefined || end > start, {
    path: ["end"],
    message: "must lie after start",
  });

/** The query of a URL by its schema. Throws ZodError; also for a parameter that is given twice or not known. */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, { searchParams }: URL): z.output<Schema> {
  const twice = [...searchParams.keys()].find((name, index, names) => names.indexOf(name) !== index);
  if (twice === undefined) return schema.parse(Object.fromEntries(searchParams));
  throw new z.ZodError([{ code: "custom", path: [twice], message: "is given more than once", input: searchParams }]);
}

/** The scope formatScope wrote; undefined for other text. */
export function parseScope(text: string): SeriesScope | undefined {
  if (text === "mesh") return { kind: "mesh" };
  if (!text.startsWith("edge:")) return parseEnd(text);
  const [from, to, ...rest] = text.slice("edge:".length).split(">").map(parseEnd);
  return from === undefined || to === undefined || rest.length > 0 ? undefined : { kind: "edge", from, to };
}

const END =
  /^(cluster|namespaces|workload|app|service|hosts|operation|unknown|passthrough|blackhole):([^@]*)(?:@(.*))?$/;

function parseEnd(text: string): EndScope | undefined {
  const [, kind = "", body = "", clusterText] = END.exec(text) ?? [];
  const isList = kind === "namespaces" || kind === "hosts";
  const parts = decodeAll(body.split(isList ? "," : "/"));
  const cluster = clusterText === undefined ? undefined : decodeAll([clusterText])?.[0];
  if (parts === undefined) return undefined;
  const where = cluster === undefined ? {} : { cluster };
  if (kind === "cluster") return body === "" && cluster !== undefined ? { kind, cluster } : undefined;
  const nameless = NAMELESS.find((name) => name === kind);
  if (nameless !== undefined) return body === "" ? { kind: nameless, ...where } : undefined;
  const [namespace = "", name = "", last = ""] = parts;
  const workloads = parts.slice(2);
  // Hosts outside the mesh belong to no namespace; everything else has a name.
  if ((isList ? parts : parts.slice(1)).includes("")) return undefined;
  if (kind === "service" && name !== "")
    return { kind, namespace, service: name, ...(workloads.length === 0 ? {} : { workloads }), ...where };
  switch (`${kind}:${isList ? "" : parts.length}`) {
    case "namespaces:":
      return { kind: "namespaces", namespaces: parts, ...where };
    case "hosts:":
      return { kind: "hosts", hosts: parts, ...where };
    case "workload:2":
      return { kind: "workload", namespace, workload: name, ...where };
    case "app:2":
      return { kind: "app", namespace, app: name, ...where };
    case "app:3":
      return { kind: "app", namespace, app: name, version: last, ...where };
    case "operation:2":
      return { kind: "operation", namespace, operation: name, ...where };
    case "operation:3":
      return { kind: "operation", namespace, operation: name, service: last, ...where };
    default:
      return undefined;
  }
}

function decodeAll(parts: readonly string[]): string[] | undefined {
  try {
    return parts.map((part) => decodeURIComponent(part));
  } catch {
    return undefined;
  }
}
