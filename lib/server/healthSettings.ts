/** MESHSCOPE_HEALTH_RATE: tolerances in the shape of Kiali's health_config.rate, as JSON, or as YAML in the settings file. */
import { z } from "zod";
import { checkEntry, checkTolerance } from "#lib/domain/health/checkRate.ts";
import type { HealthConfig } from "#lib/domain/health/tolerances.ts";

const ANY = ".*";
/** YAML reads `code: 404` as a number. */
const pattern = z.union([z.string(), z.number().transform(String)], { error: "must be a text" });
const percent = z.number({ error: "must be a percentage such as 0.1" });

const toleranceSchema = z
  .strictObject({
    code: pattern,
    protocol: pattern.default(ANY),
    direction: pattern.default(ANY),
    degraded: percent.default(0),
    failure: percent,
  })
  .superRefine((tolerance, context) => report(checkTolerance(tolerance), context));

const rateSchema = z
  .array(
    z
      .strictObject({
        namespace: pattern.default(ANY),
        kind: pattern.default(ANY),
        name: pattern.default(ANY),
        tolerance: z.array(toleranceSchema, { error: "must be a list" }).min(1, "must name at least one"),
      })
      .superRefine((entry, context) => report(checkEntry(entry), context)),
  )
  .max(200, "can hold 200 entries");

function report(problem: string | undefined, context: z.RefinementCtx): void {
  if (problem !== undefined) context.addIssue({ code: "custom", message: problem });
}

/** Reads the setting; what is wrong is added to `context`, with the place: "entry 2, tolerance 1, failure: …". */
export function readHealthRate(text: string, context: z.RefinementCtx): HealthConfig {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = undefined;
  }
  if (!Array.isArray(document)) {
    const example = '[{"namespace":"shop","tolerance":[{"code":"5XX","degraded":1,"failure":10}]}]';
    context.addIssue({ code: "custom", message: `must be a list such as ${example}` });
    return z.NEVER;
  }
  const result = rateSchema.safeParse(document);
  if (result.success) return { rate: result.data };
  for (const { path, message } of result.error.issues) {
    const place = path.map((step, depth) =>
      typeof step === "number" ? `${depth === 0 ? "entry" : "tolerance"} ${step + 1}` : String(step),
    );
    const named = place.filter((step, depth) => !(step === "tolerance" && typeof path[depth + 1] === "number"));
    context.addIssue({ code: "custom", message: [named.join(", "), message].filter((part) => part !== "").join(": ") });
  }
  return z.NEVER;
}
