import { expect, it } from "vitest";
import { drawGraph } from "#test/builders/drawGraph.ts";
import { edgeOf, graphOf } from "#test/builders/graphWorld.ts";
import { meshNodes, serviceNode, workloadNode } from "#test/builders/mesh.ts";
import { requestRow, tcpRow } from "#test/builders/reports.ts";

const gateway = workloadNode({ name: "exit-v1", namespace: "edge", role: "egressGateway", mode: "proxy" });
const exit = serviceNode({ name: "exit", namespace: "edge", workloads: ["exit-v1"] });
const mesh = meshNodes({ workloads: [gateway], services: [exit] });
const toExit = { from: "web", to: "", service: "exit@edge", reporter: "source" } as const;
const tcp = [
  tcpRow({ ...toExit, perSecond: 500 }),
  tcpRow({ from: "exit-v1@edge", to: "", service: "api.example", reporter: "source", perSecond: 500 }),
];

it("ends calls to the Service of one gateway at that gateway, so that they go on from there", () => {
  expect(drawGraph(graphOf({ tcp, mesh }, { serviceNodes: true }))).toEqual([
    "[exit@edge] -> exit-v1@edge 500 B/s",
    "exit-v1@edge -> [api.example] 500 B/s",
    "web -> [exit@edge] 500 B/s",
  ]);
  expect(drawGraph(graphOf({ tcp, mesh }, { graphType: "service" }))).toEqual([
    "[exit@edge] -> [api.example] 500 B/s",
    "web -> [exit@edge] 500 B/s",
  ]);
});

it("does so for a gateway that itself calls nobody", () => {
  expect(drawGraph(graphOf({ tcp: tcp.slice(0, 1), mesh }))).toEqual(["web -> exit-v1@edge 500 B/s"]);
});

it("guesses nothing where the Service selects several workloads, or one that is no gateway", () => {
  const second = { ...exit, workloads: ["exit-v1", "exit-v2"] };
  const plain = { ...gateway, role: "workload" } as const;
  for (const other of [
    meshNodes({ workloads: [gateway, { ...gateway, name: "exit-v2" }], services: [second] }),
    meshNodes({ workloads: [plain], services: [exit] }),
  ])
    expect(drawGraph(graphOf({ tcp: tcp.slice(0, 1), mesh: other }))).toEqual(["web -> [exit@edge] 500 B/s"]);
});

it("leaves calls that reached no endpoint at the Service", () => {
  const requests = [requestRow({ ...toExit, responseCode: "503", responseFlags: "UF,URX", perSecond: 2 })];
  expect(drawGraph(graphOf({ requests, mesh }))).toEqual(["web -> [exit@edge] 2 rps 100% errors"]);
});

it("keeps the latency of the calls", () => {
  const requests = [requestRow({ ...toExit, perSecond: 2 })];
  const durations = requests.map((row) => ({ ...row, millisecondsPerSecond: 30, countPerSecond: 2 }));
  expect(edgeOf(graphOf({ requests, durations, mesh }), "web", "exit-v1@edge")).toMatchObject({
    latency: { average: 15 },
  });
});
