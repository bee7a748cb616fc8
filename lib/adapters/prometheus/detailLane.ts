/** What views ask for beyond rates: each detail costs one query, whatever the mesh's size. */
import { QualityCounter, type QualityNote } from "#lib/domain/telemetry/quality.ts";
import type {
  Detail,
  DetailReport,
  MessageReport,
  OperationReport,
  ThroughputReport,
} from "#lib/domain/telemetry/reports.ts";
import type { Warning } from "#lib/ports.ts";
import type { Answer } from "./answer.ts";
import { decodeMessages, decodeOperations, decodeThroughput } from "./decodeDetails.ts";
import { DETAIL_QUERIES } from "./detailQueries.ts";
import { meanRows, worstNotes } from "./meanRows.ts";
import type { QueryContext } from "./queries.ts";

export type Details = {
  readonly messages: readonly MessageReport[];
  readonly throughput: readonly ThroughputReport[];
  readonly operations: readonly OperationReport[];
  readonly warnings: readonly Warning[];
  readonly quality: readonly QualityNote[];
};

/** Reads details with `ask`, which sends one instant query. Those not asked for are empty. */
export async function readDetailLane(
  ask: (promql: string) => Promise<Answer>,
  details: ReadonlySet<Detail>,
  context: QueryContext,
): Promise<Details> {
  const read = async (detail: Detail) => (details.has(detail) ? ask(DETAIL_QUERIES[detail](context)) : undefined);
  const [messages, throughput, operations] = await Promise.all([
    read("messages"),
    read("throughput"),
    read("operations"),
  ]);
  const quality = new QualityCounter();
  return {
    messages: messages === undefined ? [] : decodeMessages(messages.data, quality),
    throughput: throughput === undefined ? [] : decodeThroughput(throughput.data, quality),
    operations: operations === undefined ? [] : decodeOperations(operations.data, quality),
    warnings: [messages, throughput, operations].flatMap((answer) => answer?.warnings ?? []),
    quality: quality.notes(),
  };
}

/**
 * The details of a window from those of its samples, and only those asked for: an absent part is not known, an empty
 * one is not reported by this mesh.
 */
export function meanDetails(
  parts: readonly Details[],
  asked: ReadonlySet<Detail>,
): Pick<DetailReport, Detail | "quality"> {
  const mean = <Row extends { readonly perSecond: number }>(rowsOf: (part: Details) => readonly Row[]) =>
    meanRows(parts.map(rowsOf), ["perSecond"]);
  return {
    ...(asked.has("messages") && { messages: mean((part) => part.messages) }),
    ...(asked.has("throughput") && { throughput: mean((part) => part.throughput) }),
    ...(asked.has("operations") && { operations: mean((part) => part.operations) }),
    quality: worstNotes(parts.map(({ quality }) => quality)),
  };
}
