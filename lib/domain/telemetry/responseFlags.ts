/**
 * Envoy's response flags, as far as the graph draws conclusions from them. Several are joined with commas ("UF,URX").
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage#response-flags
 */

/** A proxy ended the call before any endpoint had it: no endpoint, no connection, no route, no cluster, breaker open. */
const NEVER_ARRIVED: ReadonlySet<string> = new Set(["UH", "UF", "NR", "NC", "UO"]);

/** The single flags of a reported value; [] for "-" and "". */
export function splitFlags(flags: string): readonly string[] {
  return flags === "-" || flags === "" ? [] : flags.split(",");
}

/** True when the flags say that no endpoint ever had the call. */
export function neverArrived(flags: string): boolean {
  return splitFlags(flags).some((flag) => NEVER_ARRIVED.has(flag));
}
