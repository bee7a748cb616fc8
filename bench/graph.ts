/** Time from report to graph, in one process: node bench/graph.ts */
import { cpus } from "node:os";
import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import { buildGraph, DEFAULT_GRAPH_OPTIONS } from "#lib/domain/graph/buildGraph.ts";
import { GRAPH_TYPES } from "#lib/domain/graph/graph.ts";
import { buildMeshNodes } from "#lib/domain/mesh/buildMeshNodes.ts";
import { withoutLabels } from "#lib/domain/mesh/meshNodes.ts";
import { buildLatencyTable, indexLatency } from "#lib/domain/telemetry/latency.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";

const ROUNDS = 15;
const AT = 1_795_000_000;
const signal = new AbortController().signal;

console.log(`${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, Node ${process.version}`);
for (const services of [1000, 5000]) {
  const scale = { services, edges: services * 3, namespaces: services / 20 };
  const mesh = createDemoMesh({ seed: 7, clock: { nowSeconds: () => AT }, scale });
  const moment = { windowSeconds: 300, atSeconds: AT };
  const report = await mesh.telemetry.readRates(moment, signal);
  const { table } = mergeReports(report);
  // As the browser has it: labels stay on the server until a view asks for them.
  const nodes = withoutLabels(buildMeshNodes("primary", mesh.cluster.snapshot().index));
  const latencyReport = await mesh.telemetry.readLatency({ ...moment, namespaces: [] }, signal);
  const latency = indexLatency(table, buildLatencyTable(latencyReport, table));
  console.log(
    `\n${services} services, ${scale.edges} edges: ${report.requests.length + report.tcp.length} rows, ${table.edges.source.length} merged`,
  );
  print("read from the demo", await measure(() => mesh.telemetry.readRates(moment, signal)));
  print("merge reporters", await measure(() => mergeReports(report)));
  print("node table", await measure(() => buildMeshNodes("primary", mesh.cluster.snapshot().index)));
  for (const graphType of GRAPH_TYPES) {
    const options = { ...DEFAULT_GRAPH_OPTIONS, graphType };
    const build = () =>
      buildGraph({ edges: table, mesh: nodes, latency, windowSeconds: moment.windowSeconds }, options);
    const graph = build();
    print(`${graphType} graph, ${graph.nodes.length} nodes, ${graph.edges.length} edges`, await measure(build));
  }
  await mesh.close();
}

/** Median and best time of some rounds. The best is what the work takes when nothing else runs. */
async function measure(work: () => unknown): Promise<readonly [median: number, best: number]> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = performance.now();
    await work();
    times.push(performance.now() - start);
  }
  times.sort((left, right) => left - right);
  return [times[ROUNDS >> 1] ?? 0, times[0] ?? 0];
}

function print(what: string, [median, best]: readonly [median: number, best: number]): void {
  console.log(`  ${what.padEnd(52)} ${median.toFixed(1)} ms [${best.toFixed(1)}]`);
}
