/** What the rows of a table carry, added to the edges they were placed on. */
import { edgeRowKeys } from "#lib/domain/telemetry/edgeRows.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import type { LatencyIndex } from "#lib/domain/telemetry/latency.ts";
import { addMessages, addResponse, addSecurity, addThroughput, type EdgeDraft } from "../draft.ts";

/** The edges that carry a share of a row's calls: 0–1 of each result (by row of `table.responses`), and of all. */
export type RowPart = {
  readonly edges: readonly EdgeDraft[];
  readonly ofResponse: ReadonlyMap<number, number>;
  readonly ofTotal: number;
};

export type PlacedRows = {
  /** By row: the edges that carry all of it. */
  readonly whole: readonly (readonly EdgeDraft[])[];
  /** By row: the edges that carry parts of it. */
  readonly parts: ReadonlyMap<number, readonly RowPart[]>;
};

const NO_EDGES: readonly EdgeDraft[] = [];
const NO_PARTS: readonly RowPart[] = [];

/**
 * Parts get their share of the results, and of the connections' security in proportion: which requests shared a
 * connection is not reported. Times, bytes and messages are known for whole rows only.
 */
export function fillEdges(table: EdgeTable, latency: LatencyIndex | undefined, placed: PlacedRows): void {
  const wholeOf = (row: number) => placed.whole[row] ?? NO_EDGES;
  fillResponses(table, placed);
  fillSecurity(table, placed);
  const { tcp, messages, throughput } = table;
  tcp.edge.forEach((row, index) => {
    for (const edge of wholeOf(row)) {
      edge.sentBytes += tcp.sentBytesPerSecond[index] ?? 0;
      edge.receivedBytes += tcp.receivedBytesPerSecond[index] ?? 0;
      edge.connectionsOpened += tcp.connectionsOpenedPerSecond[index] ?? 0;
    }
  });
  messages?.edge.forEach((row, index) => {
    const rates = { sent: messages.sentPerSecond[index] ?? 0, received: messages.receivedPerSecond[index] ?? 0 };
    for (const edge of wholeOf(row)) addMessages(edge, rates);
  });
  throughput?.edge.forEach((row, index) => {
    const bytes = {
      request: throughput.requestBytesPerSecond[index] ?? 0,
      response: throughput.responseBytesPerSecond[index] ?? 0,
    };
    for (const edge of wholeOf(row)) addThroughput(edge, bytes);
  });
  if (latency === undefined || latency.size === 0) return;
  edgeRowKeys(table).forEach((key, row) => {
    const share = latency.get(key);
    if (share !== undefined) for (const edge of wholeOf(row)) edge.latency.push(share);
  });
}

function fillResponses({ strings, edges, services, responses }: EdgeTable, placed: PlacedRows): void {
  // Three indexes of a large dictionary make a number beyond 2⁵³; results are few, so they are numbered anew.
  const results = new Map<number, number>();
  responses.edge.forEach((row, index) => {
    const code = responses.code[index] ?? 0;
    const flags = responses.flags[index] ?? 0;
    const host = services.host[edges.service[row] ?? 0] ?? 0;
    const pair = code * strings.length + flags;
    const result = results.get(pair) ?? results.size;
    results.set(pair, result);
    const response = {
      key: result * strings.length + host,
      code: strings[code] ?? "-",
      flags: strings[flags] ?? "-",
      host: strings[host] ?? "",
      perSecond: responses.perSecond[index] ?? 0,
    };
    for (const edge of placed.whole[row] ?? NO_EDGES) addResponse(edge, response);
    for (const part of placed.parts.get(row) ?? NO_PARTS) {
      const share = part.ofResponse.get(index);
      if (share === undefined) continue;
      const own = { ...response, perSecond: response.perSecond * share };
      for (const edge of part.edges) addResponse(edge, own);
    }
  });
}

function fillSecurity({ strings, security }: EdgeTable, placed: PlacedRows): void {
  security.edge.forEach((row, index) => {
    const source = security.sourcePrincipal[index] ?? 0;
    const target = security.destinationPrincipal[index] ?? 0;
    const rates = {
      key: source * strings.length + target,
      source: strings[source] ?? "",
      target: strings[target] ?? "",
      mutualTls: security.mutualTls[index] ?? 0,
      reported: security.reported[index] ?? 0,
    };
    for (const edge of placed.whole[row] ?? NO_EDGES) addSecurity(edge, rates);
    for (const { edges, ofTotal } of placed.parts.get(row) ?? NO_PARTS) {
      const own = { ...rates, mutualTls: rates.mutualTls * ofTotal, reported: rates.reported * ofTotal };
      for (const edge of edges) addSecurity(edge, own);
    }
  });
}
