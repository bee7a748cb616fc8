/** How calls ended: a code and Envoy's flags, one object for each pair, so that amounts are kept by result. */

import { splitFlags } from "./responseFlags.ts";

/** `reached`: by its flags the call got as far as the server's side, so that side has counted it too. */
export type CallResult = { readonly code: string; readonly flags: string; readonly reached: boolean };

/** Calls (requests a second) by how they ended. */
export type CallAmounts = ReadonlyMap<CallResult, number>;

/** No reason given. */
export const NO_FLAGS = "-";

/**
 * Flags of calls that a client's proxy ended by itself: nothing was sent, or no connection came about.
 *
 *   UH no healthy host · UF connection failed · UO circuit breaker · NR no route · NC no cluster · NFCF no filter
 *   configuration · DF host name not resolved · LH local health check failed · DO, UDO load dropped · OM overloaded ·
 *   RL, RLSE rate limited · UAEX denied by an authorization service · FI injected fault · DPE, IH malformed request ·
 *   RFCF answered from a cache
 *
 * UC, UT, URX, UR, UPE, UMSDR, LR, DC, DR, DT, SI and DI end or mark calls that were on their way or had arrived.
 * @see https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage (RESPONSE_FLAGS)
 */
const NEVER_SENT: ReadonlySet<string> = new Set(
  "UH UF UO NR NC NFCF DF LH DO UDO OM RL RLSE UAEX FI DPE IH RFCF".split(" "),
);

/** False when by its flags ("UF,URX") a call ended in the proxy that reports it. */
export function hasReached(flags: string): boolean {
  return !splitFlags(flags).some((flag) => NEVER_SENT.has(flag));
}

/** Gives the same object for the same code and flags. */
export class CallResults {
  readonly #byCode = new Map<string, Map<string, CallResult>>();

  of(code: string, flags: string): CallResult {
    const said = flags === "" || flags === "unknown" ? NO_FLAGS : flags;
    let byFlags = this.#byCode.get(code);
    if (byFlags === undefined) this.#byCode.set(code, (byFlags = new Map()));
    let result = byFlags.get(said);
    if (result === undefined) byFlags.set(said, (result = { code, flags: said, reached: hasReached(said) }));
    return result;
  }
}
