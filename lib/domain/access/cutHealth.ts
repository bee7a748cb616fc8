/** Tolerances that are set, without those of namespaces that are not seen: a pattern tells a name. */
import { compilePattern } from "#lib/domain/health/pattern.ts";
import type { HealthConfig } from "#lib/domain/health/tolerances.ts";

/** The entries whose namespace pattern matches one of `namespaces`, in their order. */
export function cutHealth({ rate }: HealthConfig, namespaces: ReadonlySet<string>): HealthConfig {
  return {
    rate: rate.filter((entry) => {
      const pattern = compilePattern(entry.namespace);
      return "matches" in pattern && [...namespaces].some((namespace) => pattern.matches(namespace));
    }),
  };
}
