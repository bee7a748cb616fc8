/**
 * The part of an EdgeTable that a viewer may see. Figures stay; the names of a hidden end do not.
 *
 *   web(shop) ──(ledger.bank)──▶ ledger-v1(bank)          bank is hidden
 *   web(shop) ──(ledger.bank)──▶ ledger-v2(bank)          ⇒  web(shop) ──(ledger.bank)──▶ ▒      one row, their sum
 *   audit(bank) ──(cart)──▶ cart(shop)                    ⇒  ▒ ──(cart)──▶ cart(shop)
 *   ledger-v1(bank) ──▶ audit(bank)                       ⇒  nothing
 *
 * - ▒ is one row for all hidden workloads, `withheld.workload`; it is not row 0, "no workload known".
 * - A hidden service keeps the host by which a visible caller calls it, and no more: rows of `withheld.services`. Called by
 *   anybody else it is row 0.
 * - What is in no namespace is nobody's: shown where the other end is, but hosts outside only to their visible callers.
 *   Its cluster is named where something visible is in that cluster.
 * - Identities tell namespace and account: they stay at a visible end, and where they name a visible namespace.
 * - Operations of what is hidden are left out; so are strings that nothing uses any more.
 */
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import { CutCells } from "./cutCells.ts";
import type { Sees } from "./sees.ts";
import { sumRows } from "./sumRows.ts";

export type CutEdges = {
  readonly table: EdgeTable;
  /** By row of the whole table's edges: the row that carries it now, undefined where it is gone. */
  readonly rowOf: (edge: number) => number | undefined;
  /** Whether anything was hidden at all. */
  readonly withheld: boolean;
};

/** The table itself where everything in it may be seen. Pure; some ten milliseconds for 4,500 edges (bench/cut.ts). */
export function cutEdgeTable(table: EdgeTable, sees: Sees): CutEdges {
  const cells = new CutCells(table, sees);
  const { edges } = table;
  const shown = edges.source.map((_, edge): string | undefined => cells.keyOf(edge));
  const merged = sumRows(edges.source.length, (edge) => shown[edge], []);
  const rowOf = (edge: number) => merged.rowOf[edge];
  const text = (index: number) => cells.string(table.strings[index] ?? "");
  const keyed = (edge: number | undefined, ...parts: readonly (number | undefined)[]) => {
    const row = edge === undefined ? undefined : rowOf(edge);
    return row === undefined ? undefined : [row, ...parts].join(" ");
  };

  const { responses, tcp, security, messages, throughput, operations } = table;
  const results = sumRows(
    responses.edge.length,
    (row) => keyed(responses.edge[row], responses.code[row], responses.flags[row]),
    [responses.perSecond],
  );
  const connections = sumRows(tcp.edge.length, (row) => keyed(tcp.edge[row]), [
    tcp.sentBytesPerSecond,
    tcp.receivedBytesPerSecond,
    tcp.connectionsOpenedPerSecond,
  ]);
  const principals = security.edge.map((edge, row) =>
    cells.principals(edge, security.sourcePrincipal[row] ?? 0, security.destinationPrincipal[row] ?? 0),
  );
  const secured = sumRows(security.edge.length, (row) => keyed(security.edge[row], ...(principals[row] ?? [])), [
    security.mutualTls,
    security.reported,
  ]);
  const said =
    messages &&
    sumRows(messages.edge.length, (row) => keyed(messages.edge[row]), [
      messages.sentPerSecond,
      messages.receivedPerSecond,
    ]);
  const carried =
    throughput &&
    sumRows(throughput.edge.length, (row) => keyed(throughput.edge[row]), [
      throughput.requestBytesPerSecond,
      throughput.responseBytesPerSecond,
    ]);
  const asked =
    operations &&
    sumRows(
      operations.edge.length,
      (row) =>
        cells.server(operations.edge[row] ?? 0) === "hidden"
          ? undefined
          : keyed(operations.edge[row], operations.operation[row], operations.code[row], operations.flags[row]),
      [operations.perSecond],
    );

  const isWhole =
    merged.first.length === shown.length &&
    !cells.changed &&
    asked?.first.length === operations?.edge.length &&
    principals.every(
      ([source, target], row) =>
        source === security.sourcePrincipal[row] && target === security.destinationPrincipal[row],
    );
  if (isWhole) return { table, rowOf: (edge) => edge, withheld: false };

  const edgeOf = (column: readonly number[]) => (row: number) => rowOf(column[row] ?? 0) ?? 0;
  const textOf = (column: readonly number[]) => (row: number) => text(column[row] ?? 0);
  const reporters = merged.first.map(() => 0);
  edges.reporters.forEach((bits, edge) => {
    const row = rowOf(edge);
    if (row !== undefined) reporters[row] = (reporters[row] ?? 0) | bits;
  });
  const cut: EdgeTable = {
    edges: {
      source: merged.first.map((edge) => cells.source(edge)),
      target: merged.first.map((edge) => cells.target(edge)),
      service: merged.first.map((edge) => cells.service(edge)),
      protocol: merged.first.map((edge) => edges.protocol[edge] ?? 0),
      reporters,
    },
    responses: {
      edge: results.first.map(edgeOf(responses.edge)),
      code: results.first.map(textOf(responses.code)),
      flags: results.first.map(textOf(responses.flags)),
      perSecond: results.sum(0),
    },
    tcp: {
      edge: connections.first.map(edgeOf(tcp.edge)),
      sentBytesPerSecond: connections.sum(0),
      receivedBytesPerSecond: connections.sum(1),
      connectionsOpenedPerSecond: connections.sum(2),
    },
    security: {
      edge: secured.first.map(edgeOf(security.edge)),
      sourcePrincipal: secured.first.map((row) => text(principals[row]?.[0] ?? 0)),
      destinationPrincipal: secured.first.map((row) => text(principals[row]?.[1] ?? 0)),
      mutualTls: secured.sum(0),
      reported: secured.sum(1),
    },
    ...(messages &&
      said && {
        messages: {
          edge: said.first.map(edgeOf(messages.edge)),
          sentPerSecond: said.sum(0),
          receivedPerSecond: said.sum(1),
        },
      }),
    ...(throughput &&
      carried && {
        throughput: {
          edge: carried.first.map(edgeOf(throughput.edge)),
          requestBytesPerSecond: carried.sum(0),
          responseBytesPerSecond: carried.sum(1),
        },
      }),
    ...(operations &&
      asked && {
        operations: {
          edge: asked.first.map(edgeOf(operations.edge)),
          operation: asked.first.map(textOf(operations.operation)),
          code: asked.first.map(textOf(operations.code)),
          flags: asked.first.map(textOf(operations.flags)),
          perSecond: asked.sum(0),
        },
      }),
    ...cells.columns(),
  };
  return cutTo(cut, merged.rowOf);
}

/** Made here, so that nothing else of the work is kept with it. */
function cutTo(table: EdgeTable, rows: readonly (number | undefined)[]): CutEdges {
  return { table, rowOf: (edge) => rows[edge], withheld: true };
}
