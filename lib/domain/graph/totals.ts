/** Sums over edges, kept open while they are added up. */
import type { GraphEdge, TrafficTotals } from "./graph.ts";

export type Totals = { -readonly [Key in keyof TrafficTotals]: TrafficTotals[Key] };

export function emptyTotals(): Totals {
  return { httpPerSecond: 0, httpErrorsPerSecond: 0, grpcPerSecond: 0, grpcErrorsPerSecond: 0, tcpBytesPerSecond: 0 };
}

/** Adds what an edge carries: requests, or bytes both ways. */
export function addTotals(totals: Totals, edge: GraphEdge): void {
  switch (edge.protocol) {
    case "http":
      totals.httpPerSecond += edge.requestsPerSecond;
      totals.httpErrorsPerSecond += edge.errorsPerSecond;
      break;
    case "grpc":
      totals.grpcPerSecond += edge.requestsPerSecond;
      totals.grpcErrorsPerSecond += edge.errorsPerSecond;
      break;
    case "tcp":
      totals.tcpBytesPerSecond += edge.sentBytesPerSecond + edge.receivedBytesPerSecond;
  }
}
