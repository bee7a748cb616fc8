/** What views ask for beyond rates: gRPC messages, bytes of bodies, operations, summed as PromQL's `sum by` would. */
import type {
  Detail,
  DetailReport,
  MessageReport,
  OperationReport,
  ThroughputReport,
} from "#lib/domain/telemetry/reports.ts";
import type { Flow } from "./streams.ts";
import type { Timeline } from "./timeline.ts";

type Details = Pick<DetailReport, Detail>;

/** The details asked for, as rates over the window that ends at a moment (unix seconds). */
export function readDetails(timeline: Timeline, at: number, window: number, details: readonly Detail[]): Details {
  return {
    ...(details.includes("messages") && { messages: readMessages(timeline, at, window) }),
    ...(details.includes("throughput") && { throughput: readThroughput(timeline, at, window) }),
    ...(details.includes("operations") && { operations: readOperations(timeline, at, window) }),
  };
}

function readMessages(timeline: Timeline, at: number, window: number): MessageReport[] {
  const sums = sumBy(timeline, at, window, ({ stream, requestMessages, responseMessages }) =>
    stream.protocol === "grpc" ? { key: "", forth: requestMessages, back: responseMessages } : undefined,
  );
  return sums.flatMap(({ flow: { stream }, forth, back }): MessageReport[] => {
    const row = { ...stream.edge, reporter: stream.reporter };
    return rising([
      { ...row, metric: "sent", perSecond: forth / window },
      { ...row, metric: "received", perSecond: back / window },
    ]);
  });
}

function readThroughput(timeline: Timeline, at: number, window: number): ThroughputReport[] {
  const sums = sumBy(timeline, at, window, ({ stream, requestBytes, responseBytes }) =>
    stream.kind === "request" ? { key: stream.protocol, forth: requestBytes, back: responseBytes } : undefined,
  );
  return sums.flatMap(({ flow: { stream }, forth, back }): ThroughputReport[] => {
    const row = { ...stream.edge, reporter: stream.reporter, protocol: stream.protocol };
    return rising([
      { ...row, metric: "requestBytes", perSecond: forth / window },
      { ...row, metric: "responseBytes", perSecond: back / window },
    ]);
  });
}

function readOperations(timeline: Timeline, at: number, window: number): OperationReport[] {
  const sums = sumBy(timeline, at, window, ({ stream, operation }) => {
    if (stream.kind !== "request" || operation === "" || operation === "unknown") return undefined;
    const { protocol, responseCode, grpcStatus, responseFlags } = stream;
    return { key: [protocol, operation, responseCode, grpcStatus, responseFlags].join("\n"), forth: 1, back: 0 };
  });
  return sums.map(({ flow: { stream, operation }, forth }) => {
    const { edge, reporter, protocol, responseCode, grpcStatus, responseFlags } = stream;
    const perSecond = forth / window;
    return { ...edge, reporter, protocol, operation, responseCode, grpcStatus, responseFlags, perSecond };
  });
}

/** PromQL's `> 0`. */
function rising<Row extends { readonly perSecond: number }>(rows: readonly Row[]): Row[] {
  return rows.filter(({ perSecond }) => perSecond > 0);
}

/** What a flow adds for each of its events, and what beside reporter and edge tells its row from others. */
type Part = { readonly key: string; readonly forth: number; readonly back: number };
type Sum = { /** Any flow of the row. */ readonly flow: Flow; forth: number; back: number };

function sumBy(timeline: Timeline, at: number, window: number, partOf: (flow: Flow) => Part | undefined): Sum[] {
  const sums = new Map<string, Sum>();
  timeline.visit(at - window, at, (flow, events) => {
    const part = partOf(flow);
    if (part === undefined) return;
    const key = [flow.stream.reporter, part.key, ...Object.values(flow.stream.edge)].join("\n");
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = { flow, forth: 0, back: 0 }));
    sum.forth += events * part.forth;
    sum.back += events * part.back;
  });
  return [...sums.values()];
}
