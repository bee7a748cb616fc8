import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawGraph } from "#test/builders/drawGraph.ts";
import { edgeOf, graphOf, nodeOf, type World } from "#test/builders/graphWorld.ts";
import { operationRow, requestRow } from "#test/builders/reports.ts";
import { GRAPH_TYPES } from "../graph.ts";
import { formatNodeId } from "../ids.ts";

const call = { from: "web", to: "cart-v1", service: "cart" };

// 8 calls a second answered with 200: 6 GetCart, 1 AddItem, 1 nobody named. Two found no endpoint.
const shop: World = {
  requests: [
    requestRow({ ...call, perSecond: 8 }),
    requestRow({ ...call, reporter: "source", perSecond: 8 }),
    requestRow({ ...call, to: "", reporter: "source", responseCode: "503", responseFlags: "UH", perSecond: 2 }),
  ],
  operations: [
    operationRow({ ...call, operation: "GetCart", perSecond: 6 }),
    operationRow({ ...call, operation: "AddItem", perSecond: 1 }),
    operationRow({ ...call, operation: "unknown", perSecond: 1 }),
  ],
};
const shown = { operations: true };

describe("operations", () => {
  it("stand between the caller and the service, beside the calls whose operation is not known", () => {
    expect(drawGraph(graphOf(shop, { ...shown, serviceNodes: true }))).toEqual([
      "[cart] -> cart-v1 8 rps",
      "web -> [cart] 3 rps 66.67% errors", // 1 of the 200s, and the 2 that found no endpoint
      "web -> |AddItem| 1 rps",
      "web -> |GetCart| 6 rps",
      "|AddItem| -> [cart] 1 rps",
      "|GetCart| -> [cart] 6 rps",
    ]);
  });

  it("stand before the workload where services are not drawn", () => {
    expect(drawGraph(graphOf(shop, shown))).toContain("|GetCart| -> cart-v1 6 rps");
  });

  it("stand between services in the service graph", () => {
    expect(drawGraph(graphOf(shop, { ...shown, graphType: "service" }))).toContain("|GetCart| -> [cart] 6 rps");
  });

  it("are not drawn unless asked for", () => {
    expect(graphOf(shop).nodes.map(({ type }) => type)).not.toContain("operation");
  });

  it("say what they belong to, and have the health of their calls", () => {
    const failing: World = {
      requests: [requestRow({ ...call, responseCode: "500", perSecond: 5 }), requestRow({ ...call, perSecond: 5 })],
      operations: [
        operationRow({ ...call, operation: "Pay", responseCode: "500", perSecond: 5 }),
        operationRow({ ...call, operation: "GetCart", perSecond: 5 }),
      ],
    };
    const graph = graphOf(failing, shown);
    expect(nodeOf(graph, "|Pay|")).toMatchObject({
      id: "operation/primary/shop/cart/Pay",
      type: "operation",
      operation: "Pay",
      service: "cart",
      health: "failing",
    });
    expect(nodeOf(graph, "|GetCart|").health).toBe("healthy");
  });

  it("of the same name are one node for all callers of a service, and another for another service", () => {
    const rows = [call, { ...call, from: "admin" }, { from: "web", to: "stock-v1", service: "stock" }];
    const graph = graphOf(
      {
        requests: rows.map((row) => requestRow({ ...row, perSecond: 1 })),
        operations: rows.map((row) => operationRow({ ...row, operation: "Get", perSecond: 1 })),
      },
      shown,
    );
    expect(drawGraph(graph)).toEqual([
      "admin -> |Get| 1 rps",
      "web -> |Get| 1 rps",
      "web -> |Get| 1 rps",
      "|Get| -> cart-v1 2 rps",
      "|Get| -> stock-v1 1 rps",
    ]);
  });

  it("get no more than the merged truth has: the client's 504 stands for the server's hang-up", () => {
    const graph = graphOf(
      {
        requests: [
          requestRow({ ...call, perSecond: 9 }),
          requestRow({ ...call, responseCode: "0", responseFlags: "DC", perSecond: 1 }),
          requestRow({ ...call, reporter: "source", perSecond: 9 }),
          requestRow({ ...call, reporter: "source", responseCode: "504", responseFlags: "UT", perSecond: 1 }),
        ],
        operations: [
          operationRow({ ...call, operation: "Slow", responseCode: "0", responseFlags: "DC", perSecond: 1 }),
          operationRow({ ...call, operation: "Fast", perSecond: 9 }),
        ],
      },
      shown,
    );
    expect(edgeOf(graph, "web", "|Slow|")).toMatchObject({ responses: [{ code: "504", flags: "UT", perSecond: 1 }] });
    expect(drawGraph(graph)).toContain("web -> |Fast| 9 rps");
  });

  it("know no times of their own unless all calls are theirs", () => {
    const durations = [{ ...requestRow({ ...call, perSecond: 8 }), millisecondsPerSecond: 80, countPerSecond: 8 }];
    const split = graphOf({ ...shop, durations }, shown);
    expect(edgeOf(split, "web", "|GetCart|")).not.toHaveProperty("latency");
    const all = { ...shop, operations: [operationRow({ ...call, operation: "GetCart", perSecond: 8 })] };
    expect(edgeOf(graphOf({ ...all, durations }, shown), "web", "|GetCart|")).toMatchObject({
      latency: { average: 10 },
    });
    const services = graphOf({ ...shop, durations }, { ...shown, serviceNodes: true });
    expect(edgeOf(services, "[cart]", "cart-v1")).toMatchObject({ latency: { average: 10 } });
  });

  it("are not drawn inside a folded namespace, whose edges keep their times", () => {
    const world: World = {
      requests: [requestRow({ ...call, from: "gateway@edge", perSecond: 8 })],
      operations: [operationRow({ ...call, from: "gateway@edge", operation: "GetCart", perSecond: 6 })],
    };
    const collapsed = new Set([formatNodeId({ kind: "box", cluster: "primary", namespace: "shop" })]);
    expect(drawGraph(graphOf(world, { ...shown, collapsed }))).toEqual(["gateway@edge -> ((shop)) 8 rps"]);
  });

  it("lead on to what they ask for where only the caller's namespace is chosen", () => {
    const world: World = {
      requests: [requestRow({ ...call, from: "gateway@edge", perSecond: 8 })],
      operations: [operationRow({ ...call, from: "gateway@edge", operation: "GetCart", perSecond: 8 })],
    };
    expect(drawGraph(graphOf(world, { ...shown, namespaces: new Set(["edge"]) }))).toEqual([
      "gateway@edge -> |GetCart| 8 rps",
      "|GetCart| -> cart-v1 8 rps",
    ]);
  });
});

it("leaves what arrives anywhere as it is, whatever the operations say", () => {
  const code = fc.constantFrom("200", "404", "500", "0");
  const rate = fc.integer({ min: 1, max: 50 });
  const from = fc.constantFrom("web", "admin");
  const rows = fc.array(fc.record({ from, code, rate }), { minLength: 1, maxLength: 6 });
  const claims = fc.array(fc.record({ from, code, rate, operation: fc.constantFrom("a", "b", "unknown") }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(
      rows,
      claims,
      fc.constantFrom(...GRAPH_TYPES),
      fc.boolean(),
      (calls, named, graphType, serviceNodes) => {
        const world: World = {
          requests: calls.map((row) =>
            requestRow({ ...call, from: row.from, responseCode: row.code, perSecond: row.rate }),
          ),
          operations: named.map((row) =>
            operationRow({ ...call, ...row, responseCode: row.code, perSecond: row.rate }),
          ),
        };
        const totals = (operations: boolean) =>
          graphOf(world, { graphType, serviceNodes, operations })
            .nodes.filter(({ type }) => type !== "operation")
            .map(({ id, inbound, outbound }) => [
              id,
              ...[inbound, outbound].flatMap((side) => [side.httpPerSecond, side.httpErrorsPerSecond]).map(rounded),
            ]);
        expect(totals(true)).toEqual(totals(false));
      },
    ),
  );
});

function rounded(rate: number): number {
  return Math.round(rate * 1e4) / 1e4;
}
