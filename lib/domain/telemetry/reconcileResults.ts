/**
 * One truth from the two ends of a connection. Both count the same calls and may disagree about how those ended, so
 * results are matched by amount, surest first:
 *
 *   1  never sent         the client's flags say so (UH, UF …): the server cannot know it; added
 *   2  same result        counted once
 *   3  same code          counted once, with the reason of the side that names one; of two reasons the caller's
 *   4  other result       the caller's result stands, and as much is taken off what the server has left:
 *                         calls without a response first, failures last: those it may have been asked to repeat
 *   5  left at the server stays: the client is not scraped, or tried again, and every attempt that was answered counts
 *   6  left at the client stays: that part of the server is not scraped
 *
 *   server  200: 90                 server  200: 90   503 UC: 10   - DC: 5
 *   client  200: 80   504 UT: 10    client  200: 90   503: 10      504 UT: 5   503 UH: 2
 *   →       200: 80   504 UT: 10    →       200: 90   503 UC: 10   504 UT: 5   503 UH: 2
 *
 * The ends are scraped at different instants, so equal counts differ by some per cent: a remainder below a tenth of
 * what was matched is that difference, and shows no result of its own.
 */
import { type CallAmounts, type CallResult, NO_FLAGS } from "./callResult.ts";
import { NO_RESPONSE } from "./responseCode.ts";

/** Two scrapes of the same counter, each off by up to 3 % or so, differ by less than this share. */
export const NOISE_SHARE = 0.1;

/** Either side may be absent: then the other's word stands. */
export function reconcileResults(
  server: CallAmounts | undefined,
  client: CallAmounts | undefined,
): CallAmounts | undefined {
  if (server === undefined) return client;
  if (client === undefined) return server;
  return agreeing(server, client) ?? new Reconciliation(server, client).merged;
}

/** The client told nothing of arrived calls that the server did not, up to noise: nearly every edge. Else undefined. */
function agreeing(server: CallAmounts, client: CallAmounts): CallAmounts | undefined {
  const merged = new Map(server);
  let shared = 0;
  let isMore = false;
  for (const [result, amount] of client) {
    if (!result.reached) {
      add(merged, result, amount);
      continue;
    }
    const served = server.get(result);
    if (served === undefined || amount > served * (1 + NOISE_SHARE)) return undefined;
    shared += 1;
    if (amount <= served) continue;
    isMore = true;
    merged.set(result, amount);
  }
  // What looks like noise may be what the server has under another reason.
  return isMore && shared < server.size ? undefined : merged;
}

class Reconciliation {
  readonly merged = new Map<CallResult, number>();
  readonly #server: CallAmounts;
  readonly #client: CallAmounts;
  /** What is not matched yet. */
  readonly #served: Map<CallResult, number>;
  readonly #called = new Map<CallResult, number>();

  constructor(server: CallAmounts, client: CallAmounts) {
    this.#server = server;
    this.#client = client;
    this.#served = new Map(server);
    for (const [result, amount] of client) add(result.reached ? this.#called : this.merged, result, amount);
    this.#matchSame((result) => !isSilent(result));
    this.#matchReasons();
    this.#matchSame(isSilent);
    this.#matchCodes();
    this.#replace();
    for (const left of [this.#served, this.#called]) {
      for (const [result, amount] of left) add(this.merged, result, amount);
    }
  }

  #matchSame(which: (result: CallResult) => boolean): void {
    for (const [result, amount] of this.#called) {
      const served = this.#served.get(result);
      if (served === undefined || !which(result)) continue;
      const isNoise = amount > served && amount - served <= served * NOISE_SHARE;
      add(this.merged, result, isNoise ? amount : Math.min(served, amount));
      take(this.#served, result, amount);
      take(this.#called, result, isNoise ? amount : served);
    }
  }

  /** A code has at most one result without a reason on either side, so each pair is looked at once. */
  #matchReasons(): void {
    this.#forEachCode((ofServer, ofClient) => {
      const [silentServer, silentClient] = [ofServer.find(isSilent), ofClient.find(isSilent)];
      for (const reason of ofServer) {
        if (silentClient !== undefined && reason !== silentServer) this.#pair(reason, silentClient, reason);
      }
      for (const reason of ofClient) {
        if (silentServer !== undefined && reason !== silentClient) this.#pair(silentServer, reason, reason);
      }
    });
  }

  #matchCodes(): void {
    this.#forEachCode((ofServer, ofClient) => {
      const servers = ofServer.values();
      let server = servers.next().value;
      for (const client of ofClient) {
        while (server !== undefined && this.#called.has(client)) {
          this.#pair(server, client, client);
          if (!this.#served.has(server)) server = servers.next().value;
        }
      }
    });
  }

  #forEachCode(match: (ofServer: readonly CallResult[], ofClient: readonly CallResult[]) => void): void {
    if (this.#called.size === 0 || this.#served.size === 0) return;
    const served = Map.groupBy(this.#served.keys(), ({ code }) => code);
    for (const [code, ofClient] of Map.groupBy(this.#called.keys(), (result) => result.code)) {
      match(served.get(code) ?? [], ofClient);
    }
  }

  /** As much of the two as match becomes `shown`; a remainder that is noise goes with it. */
  #pair(server: CallResult, client: CallResult, shown: CallResult): void {
    const served = this.#served.get(server);
    const called = this.#called.get(client);
    if (served === undefined || called === undefined) return;
    const same = Math.min(served, called);
    const isNoise = Math.abs(served - called) <= same * NOISE_SHARE;
    add(this.merged, shown, isNoise ? Math.max(served, called) : same);
    take(this.#served, server, isNoise ? served : same);
    take(this.#called, client, isNoise ? called : same);
  }

  /** What only the client says stands for as much of what is left at the server. */
  #replace(): void {
    const [heir] = this.#called.keys();
    if (heir === undefined) return;
    let replacing = 0;
    for (const amount of this.#called.values()) replacing += amount;
    const left = [...this.#served.keys()].sort((one, other) => this.#rank(one) - this.#rank(other));
    for (const result of left) {
      const served = this.#served.get(result) ?? 0;
      const taken = Math.min(served, replacing);
      replacing -= taken;
      take(this.#served, result, taken);
      if (taken === 0 || this.#client.has(result)) continue;
      if (served - taken > (this.#server.get(result) ?? 0) * NOISE_SHARE) continue;
      add(this.#called, heir, served - taken);
      this.#served.delete(result);
    }
  }

  /** Which of the server's results the client most likely saw otherwise; last a failure, which it may have repeated. */
  #rank(result: CallResult): number {
    if (result.code === NO_RESPONSE) return this.#client.has(result) ? 1 : 0;
    return /^([1-4]\d\d|0)$/.test(result.code) ? 1 : 2;
  }
}

function isSilent({ flags }: CallResult): boolean {
  return flags === NO_FLAGS;
}

function add(amounts: Map<CallResult, number>, result: CallResult, amount: number): void {
  if (amount > 0) amounts.set(result, (amounts.get(result) ?? 0) + amount);
}

function take(amounts: Map<CallResult, number>, result: CallResult, amount: number): void {
  const left = (amounts.get(result) ?? 0) - amount;
  if (left > 0) amounts.set(result, left);
  else amounts.delete(result);
}
