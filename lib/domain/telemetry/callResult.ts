/** How calls ended: a code and Envoy's flags, one object for each pair, so that amounts are kept by result. */

import { UNSAID } from "./responseCode.ts";
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
  return !splitFlags(flags).some(isNeverSent);
}

function isNeverSent(flag: string): boolean {
  return NEVER_SENT.has(flag);
}

/** What a proxy may report as a code, rightly or not: there are a thousand of them. Anything else has no end. */
const SHORT_CODE = /^(\d{1,3}|[-?])$/;
/** Of texts that are no code, so many are told apart in one reading; a mesh that is well has none. */
const MOST_OTHER_CODES = 100;
/** Pairs of code and flags that are told apart in one reading; a large mesh has some hundred. */
const MOST_RESULTS = 1_000;

/**
 * Gives the same object for the same code and flags. A label that holds ids or user input has no end of values: beyond
 * what anyone could read, a code that is none becomes "?", and flags become the one that says the call never arrived, or
 * none. `folded` is called for each row this happens to.
 */
export class CallResults {
  readonly #byCode = new Map<string, Map<string, CallResult>>();
  #size = 0;
  #otherCodes = 0;

  of(code: string, flags: string, folded: () => void = () => {}): CallResult {
    const said = flags === "" || flags === "unknown" ? NO_FLAGS : flags;
    const found = this.#byCode.get(code)?.get(said);
    if (found !== undefined) return found;
    const shownCode = this.#codeFor(code);
    const shownFlags = this.#size < MOST_RESULTS ? said : (splitFlags(said).find(isNeverSent) ?? NO_FLAGS);
    if (shownCode !== code || shownFlags !== said) folded();
    return this.#intern(shownCode, shownFlags);
  }

  #codeFor(code: string): string {
    if (this.#byCode.has(code) || SHORT_CODE.test(code)) return code;
    if (this.#otherCodes >= MOST_OTHER_CODES) return UNSAID;
    this.#otherCodes += 1;
    return code;
  }

  #intern(code: string, flags: string): CallResult {
    let byFlags = this.#byCode.get(code);
    if (byFlags === undefined) this.#byCode.set(code, (byFlags = new Map()));
    let result = byFlags.get(flags);
    if (result === undefined) {
      byFlags.set(flags, (result = { code, flags, reached: hasReached(flags) }));
      this.#size += 1;
    }
    return result;
  }
}
