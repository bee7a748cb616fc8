/**
 * Which share of a row's calls belongs to which operation (request_operation).
 *
 * - Operations come from one reporter, the row's results from all of them, so the row is the truth: an operation gets
 *   no more of a result (code and flags) than the row has of it, and what no operation claims stays without one.
 * - A result that only the operations have (the server saw the client hang up, the client says 504) stands for calls that
 *   the row counts under another result: it is spread over those that nobody claims.
 *
 *   row         200: 8   503 UH: 2
 *   operations  200: GetCart 6, AddItem 1
 *   shares      GetCart 6/8 of the 200, AddItem 1/8; 1/8 and all 503 without operation
 */
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";

export type OperationShare = {
  /** Undefined: calls whose operation is not known. */
  readonly operation: string | undefined;
  /** By row of `table.responses`: the share, 0–1, of that result. */
  readonly ofResponse: ReadonlyMap<number, number>;
  /** The share, 0–1, of all the row's calls. */
  readonly ofTotal: number;
};

/** A share smaller than this is the last digits of a sum. */
const NOTHING = 1e-6;

/** By row of `table.edges`: its calls by operation, adding up to all of them. Rows without operations are left out. */
export function operationShares(table: EdgeTable): Map<number, readonly OperationShare[]> {
  const { operations, responses } = table;
  const shares = new Map<number, readonly OperationShare[]>();
  if (operations === undefined) return shares;
  const claimsOf = Map.groupBy(operations.edge.keys(), (index) => operations.edge[index] ?? 0);
  const resultsOf = Map.groupBy(responses.edge.keys(), (index) => responses.edge[index] ?? 0);
  for (const [row, claims] of claimsOf) {
    const split = splitRow(table, resultsOf.get(row) ?? [], claims);
    if (split.some(({ operation }) => operation !== undefined)) shares.set(row, split);
  }
  return shares;
}

/** `results` are rows of `table.responses`, `claims` rows of `table.operations`. */
function splitRow(table: EdgeTable, results: readonly number[], claims: readonly number[]): OperationShare[] {
  const { responses, operations, strings } = table;
  if (operations === undefined) return [];
  const resultAt = new Map(results.map((index) => [`${responses.code[index]} ${responses.flags[index]}`, index]));
  const claimed = new Map<number, Map<number, number>>();
  const adrift = new Map<number, number>();
  for (const index of claims) {
    const name = operations.operation[index] ?? 0;
    const perSecond = operations.perSecond[index] ?? 0;
    if (strings[name] === "" || strings[name] === "unknown" || perSecond <= 0) continue;
    const result = resultAt.get(`${operations.code[index]} ${operations.flags[index]}`);
    if (result === undefined) add(adrift, name, perSecond);
    else add(at(claimed, result), name, perSecond);
  }

  const rateOf = (result: number) => responses.perSecond[result] ?? 0;
  const taken = new Map<number, Map<number, number>>();
  const unclaimed = new Map<number, number>();
  for (const result of results) {
    const names = claimed.get(result) ?? new Map<number, number>();
    const scale = Math.min(1, rateOf(result) / sum(names));
    for (const [name, perSecond] of names) add(at(taken, name), result, perSecond * scale);
    unclaimed.set(result, rateOf(result) - sum(names) * (names.size === 0 ? 0 : scale));
  }
  const room = Math.max(sum(unclaimed), sum(adrift));
  for (const [name, perSecond] of adrift) {
    for (const [result, rest] of unclaimed) add(at(taken, name), result, (rest * perSecond) / room);
  }

  const total = results.reduce((rate, result) => rate + rateOf(result), 0);
  const shares = [...taken].map(([name, rates]) => toShare(strings[name], rates, rateOf, total));
  const rest = new Map(
    results.map((result) => [
      result,
      rateOf(result) - [...taken.values()].reduce((sum, of) => sum + (of.get(result) ?? 0), 0),
    ]),
  );
  return [...shares, toShare(undefined, rest, rateOf, total)].filter(({ ofTotal }) => ofTotal > NOTHING);
}

function toShare(
  operation: string | undefined,
  rates: ReadonlyMap<number, number>,
  rateOf: (result: number) => number,
  total: number,
): OperationShare {
  const ofResponse = new Map<number, number>();
  for (const [result, perSecond] of rates) {
    const share = perSecond / rateOf(result);
    if (share > NOTHING) ofResponse.set(result, Math.min(1, share));
  }
  return { operation, ofResponse, ofTotal: total > 0 ? sum(rates) / total : 0 };
}

function at(map: Map<number, Map<number, number>>, key: number): Map<number, number> {
  let inner = map.get(key);
  if (inner === undefined) map.set(key, (inner = new Map()));
  return inner;
}

function add(map: Map<number, number>, key: number, value: number): void {
  map.set(key, (map.get(key) ?? 0) + value);
}

function sum(map: ReadonlyMap<number, number>): number {
  let total = 0;
  for (const value of map.values()) total += value;
  return total;
}
