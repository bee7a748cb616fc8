/** Tolerances as people write them, checked before they are used. */
import { compileCodePattern, compilePattern } from "./pattern.ts";
import type { RateEntry, Tolerance } from "./tolerances.ts";

/** What is wrong with a tolerance; undefined when it can be used. */
export function checkTolerance({ code, protocol, direction, degraded, failure }: Tolerance): string | undefined {
  for (const [field, compiled] of [
    ["code", compileCodePattern(code)],
    ["protocol", compilePattern(protocol)],
    ["direction", compilePattern(direction)],
  ] as const) {
    if ("problem" in compiled) return `${field} ${compiled.problem}`;
  }
  for (const percent of [degraded, failure]) {
    if (!(percent >= 0 && percent <= 100)) return "degraded and failure are percentages from 0 to 100";
  }
  return degraded > failure ? `degraded ${degraded} lies above failure ${failure}` : undefined;
}

/** What is wrong with the patterns of an entry; undefined when they can be used. */
export function checkEntry(entry: Pick<RateEntry, "namespace" | "kind" | "name">): string | undefined {
  for (const field of ["namespace", "kind", "name"] as const) {
    const compiled = compilePattern(entry[field]);
    if ("problem" in compiled) return `${field} ${compiled.problem}`;
  }
  return undefined;
}
