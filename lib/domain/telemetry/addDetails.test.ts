import { describe, expect, it } from "vitest";
import { edgeLabels, rateReport, requestRow } from "#test/builders/reports.ts";
import { addDetails } from "./addDetails.ts";
import { edgeRowKeys } from "./edgeRows.ts";
import { REPORTER_BITS } from "./edgeTable.ts";
import { mergeReports } from "./mergeReporters.ts";
import type { DetailReport } from "./reports.ts";

const call = { from: "web", to: "cart-v1", service: "cart" };
const rates = mergeReports(rateReport({ requests: [requestRow({ ...call, protocol: "grpc", perSecond: 10 })] }));

function detailed(parts: Partial<DetailReport>) {
  return addDetails(rates, { atSeconds: 0, windowSeconds: 300, warnings: [], quality: [], ...parts }).table;
}

describe("details of a reading", () => {
  it("stand beside the edges of the rates", () => {
    const row = { ...edgeLabels(call), reporter: "destination", protocol: "grpc" } as const;
    const table = detailed({
      throughput: [
        { ...row, metric: "requestBytes", perSecond: 500 },
        { ...row, metric: "responseBytes", perSecond: 9000 },
      ],
    });
    expect(table.throughput).toEqual({ edge: [0], requestBytesPerSecond: [500], responseBytesPerSecond: [9000] });
    expect(edgeRowKeys(table)).toEqual(edgeRowKeys(rates.table));
  });

  it("come from the reporter closest to the server, not from all of them together", () => {
    const message = (reporter: "source" | "destination", perSecond: number) =>
      ({ ...edgeLabels(call), reporter, metric: "sent", perSecond }) as const;
    const table = detailed({ messages: [message("source", 81), message("destination", 80)] });
    expect(table.messages).toEqual({ edge: [0], sentPerSecond: [80], receivedPerSecond: [0] });
    expect(table.edges.reporters).toEqual([REPORTER_BITS.destination | REPORTER_BITS.source]);
  });

  it("add the edge of a gRPC stream that sends messages and has not ended", () => {
    const stream = edgeLabels({ from: "web", to: "feed-v1", service: "feed" });
    const table = detailed({ messages: [{ ...stream, reporter: "destination", metric: "received", perSecond: 5 }] });
    expect(table.edges.source).toHaveLength(2);
    expect(table.messages?.edge).toEqual([1]);
  });

  it("say how operations ended as the rates do, whatever a proxy writes for no flags", () => {
    const row = { ...edgeLabels(call), reporter: "destination", protocol: "grpc", operation: "Pay" } as const;
    const ended = { responseCode: "200", grpcStatus: "0", perSecond: 1 };
    const flags = ["", "unknown", "-", "UT"];
    const { strings, operations } = detailed({
      operations: flags.map((responseFlags) => ({ ...row, ...ended, responseFlags })),
    });
    expect(operations?.flags.map((index) => strings[index])).toEqual(["-", "-", "-", "UT"]);
  });

  it("that were asked for and not reported are empty, and absent when not asked for", () => {
    const table = detailed({ operations: [] });
    expect(table.operations?.edge).toEqual([]);
    expect(table.messages).toBeUndefined();
  });

  it("bring what was left out of them into the data-quality note", () => {
    const quality = [{ problem: "bad-value", rows: 2, examples: ['value "NaN"'] }] as const;
    const report = { atSeconds: 0, windowSeconds: 300, messages: [], warnings: [], quality };
    expect(addDetails(rates, report).quality).toEqual(quality);
    expect(addDetails({ ...rates, quality }, report).quality).toMatchObject([{ problem: "bad-value", rows: 4 }]);
  });

  it("leave the table they are added to as it was", () => {
    detailed({
      messages: [
        { ...edgeLabels({ from: "a", to: "b", service: "b" }), reporter: "source", metric: "sent", perSecond: 1 },
      ],
    });
    expect(rates.table.edges.source).toHaveLength(1);
    expect(rates.table.strings).not.toContain("b");
  });
});
