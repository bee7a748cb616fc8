import { expect, it } from "vitest";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "#lib/domain/graph/buildGraph.ts";
import { groupGraph } from "#lib/domain/graph/group.ts";
import { formatNodeId } from "#lib/domain/graph/ids.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { demoAtRest, demoNodes } from "#test/builders/demo.ts";
import { meshNodes, serviceNode, workloadNode } from "#test/builders/mesh.ts";
import { rateReport, requestRow } from "#test/builders/reports.ts";
import { namespacesSchema, toNamespaces } from "./namespaces.ts";

it("lists every namespace with the worst health in it, and counts the rest", () => {
  const requests = [requestRow({ from: "web", to: "cart-v1", service: "cart", responseCode: "503", perSecond: 10 })];
  const mesh = meshNodes({
    workloads: [
      workloadNode({ name: "web" }),
      workloadNode({ name: "cart-v1" }),
      workloadNode({ name: "spare" }),
      workloadNode({ name: "asleep", namespace: "batch", desiredReplicas: 0, availableReplicas: 0 }),
    ],
    services: [serviceNode({ name: "cart" })],
  });
  const namespaces = toNamespaces({ edges: mergeReports(rateReport({ requests })).table, mesh, windowSeconds: 300 });
  expect(namespaces).toMatchObject([
    { name: "batch", workloads: 1, health: "notReady", members: { notReady: 1 } },
    // web's calls fail, cart fails them, and so does the service between; the spare one is idle and well.
    { name: "shop", workloads: 3, services: 1, health: "failing", members: { failing: 3, healthy: 1 } },
  ]);
});

it("says of every namespace of the demo what the boxes of the map say of it", async () => {
  const { mesh, rates } = demoAtRest();
  const { table: edges } = mergeReports(await rates());
  const input = { edges, mesh: demoNodes(mesh), windowSeconds: 300 };
  const namespaces = toNamespaces(input);
  expect(namespacesSchema.parse({ warnings: [], namespaces }).namespaces).toHaveLength(namespaces.length);

  const options = { ...DEFAULT_GRAPH_OPTIONS, idleNodes: true };
  const boxId = ({ cluster, name }: (typeof namespaces)[number]) =>
    formatNodeId({ kind: "box", cluster, namespace: name });
  const open = groupGraph(buildGraph(input, options)).groups;
  const folded = new Map(
    buildGraph(input, { ...options, collapsed: new Set(namespaces.map(boxId)) }).nodes.map((node) => [node.id, node]),
  );
  expect(new Set(namespaces.map(({ health }) => health)).size).toBeGreaterThan(1);
  for (const namespace of namespaces) {
    const drawn = open.get(boxId(namespace))?.health ?? "unknown";
    const card = folded.get(boxId(namespace))?.health ?? "unknown";
    expect([namespace.name, drawn, card]).toEqual([namespace.name, namespace.health, namespace.health]);
  }
});
