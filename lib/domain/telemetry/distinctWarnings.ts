/** What several parts of one reading warn of alike. */
import type { ReportWarning } from "./reports.ts";

/** Each warning once, where it was first: a server that is down is missing from rates and latencies for one reason. */
export function distinctWarnings(warnings: readonly ReportWarning[]): ReportWarning[] {
  const first = new Map<string, ReportWarning>();
  for (const warning of warnings) {
    const key = JSON.stringify([warning.code, warning.message]);
    if (!first.has(key)) first.set(key, warning);
  }
  return [...first.values()];
}
