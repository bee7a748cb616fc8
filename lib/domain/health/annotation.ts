/**
 * Tolerances in an annotation of a Service or of what makes a workload's pods:
 *
 *   health.kiali.io/rate: "4XX,20,30,http,inbound;5XX,1,10,.*,.*"       code,degraded,failure,protocol,direction;…
 *
 * meshscope.io/health-rate is the same, and wins where both are given.
 */
import { checkTolerance } from "./checkRate.ts";
import type { Tolerance } from "./tolerances.ts";

/** In the order they win. */
const ANNOTATIONS = ["meshscope.io/health-rate", "health.kiali.io/rate"] as const;

const LONGEST = 1_000;
/** Of what cannot be read, so much is shown. */
const LONGEST_QUOTE = 80;

/** The text of the annotation of an object, unread. One that is too long is cut, and so refused when it is read. */
export function healthRateOf(annotations: Readonly<Record<string, string>>): string | undefined {
  for (const name of ANNOTATIONS) {
    const text = Object.hasOwn(annotations, name) ? annotations[name] : undefined;
    if (text !== undefined && text !== "") return text.slice(0, LONGEST + 1);
  }
  return undefined;
}

/** Reads the text of an annotation. What a cluster says is never trusted: the answer may be a problem. */
export function readRateAnnotation(
  text: string,
): { readonly tolerances: readonly Tolerance[] } | { readonly problem: string } {
  if (text.length > LONGEST) return { problem: `is longer than ${LONGEST} characters` };
  const tolerances: Tolerance[] = [];
  const quote = (part: string) => JSON.stringify(part.slice(0, LONGEST_QUOTE));
  for (const part of text.split(";")) {
    if (part.trim() === "") continue;
    const fields = part.split(",").map((field) => field.trim());
    const [code = "", degraded = "", failure = "", protocol = "", direction = ""] = fields;
    if (fields.length !== 5 || fields.includes("")) {
      return { problem: `${quote(part)} is not code,degraded,failure,protocol,direction` };
    }
    const tolerance = { code, degraded: Number(degraded), failure: Number(failure), protocol, direction };
    const problem = checkTolerance(tolerance);
    if (problem !== undefined) return { problem: `${quote(part)}: ${problem.slice(0, 2 * LONGEST_QUOTE)}` };
    tolerances.push(tolerance);
  }
  return tolerances.length === 0 ? { problem: "names no tolerance" } : { tolerances };
}
