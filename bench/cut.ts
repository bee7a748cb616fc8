/** What a viewer costs: cutting a reading, and what ten different rights keep. node --expose-gc bench/cut.ts */
import { cpus } from "node:os";
import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import { cutEdgeTable } from "#lib/domain/access/cutEdgeTable.ts";
import { cutLatency } from "#lib/domain/access/cutLatency.ts";
import { seesIn } from "#lib/domain/access/sees.ts";
import type { Sight } from "#lib/domain/access/sight.ts";
import { viewOfIndex } from "#lib/domain/access/viewOfIndex.ts";
import { buildMeshNodes } from "#lib/domain/mesh/buildMeshNodes.ts";
import type { KindKey } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import { buildLatencyTable } from "#lib/domain/telemetry/latency.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { median } from "./measure.ts";

const ROUNDS = 15;
const RIGHTS = 10;
const AT = 1_795_000_000;
const signal = new AbortController().signal;
const KINDS: ReadonlySet<KindKey> = new Set(MESH_KINDS.map(({ group, kind }): KindKey => `${group}/${kind}`));

console.log(`${cpus()[0]?.model ?? "unknown CPU"}, ${cpus().length} cores, Node ${process.version}`);
for (const services of [1000, 5000]) {
  const scale = { services, edges: services * 3, namespaces: services / 20 };
  const mesh = createDemoMesh({ seed: 7, clock: { nowSeconds: () => AT }, scale });
  const moment = { windowSeconds: 300, atSeconds: AT };
  const { table } = mergeReports(await mesh.telemetry.readRates(moment, signal));
  const latency = buildLatencyTable(await mesh.telemetry.readLatency({ ...moment, namespaces: [] }, signal), table);
  const { cluster } = mesh.cluster;
  const { index } = mesh.cluster.snapshot();
  const names = index.list("/Namespace").map(({ metadata }) => metadata.name);
  const sees = seesIn(halfOf(cluster, names, 0), [cluster]);
  const cut = cutEdgeTable(table, sees);
  const count = (edges: readonly number[]) => `${edges.length} edges`;
  console.log(
    `\n${services} services in ${names.length} namespaces: ${count(table.edges.source)}, cut to ${count(cut.table.edges.source)}`,
  );
  print("cut the table", () => cutEdgeTable(table, sees));
  print("cut the latencies", () => cutLatency(latency, cut));
  print("node table of half the namespaces", () =>
    buildMeshNodes(cluster, viewOfIndex(index, cluster, halfOf(cluster, names, 0))),
  );
  print("node table of all, for comparison", () => buildMeshNodes(cluster, index));
  memory(`tables of ${RIGHTS} rights`, (right) =>
    cutEdgeTable(table, seesIn(halfOf(cluster, names, right), [cluster])),
  );
  memory(`node tables of ${RIGHTS} rights`, (right) =>
    buildMeshNodes(cluster, viewOfIndex(index, cluster, halfOf(cluster, names, right))),
  );
  await mesh.close();
}

/** Every other namespace, in a pattern of its own for each right. */
function halfOf(cluster: string, names: readonly string[], right: number): Sight {
  const seen = names.filter((_, at) => (at + Math.floor(at / (right + 2))) % 2 === 0);
  const namespaces = new Map(seen.map((name) => [name, KINDS]));
  return {
    key: String(right),
    clusters: new Map([[cluster, { everyNamespace: false, kinds: new Set(), namespaces }]]),
  };
}

function print(what: string, work: () => unknown): void {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  console.log(`  ${what.padEnd(40)} ${median(times).toFixed(1)} ms [${Math.min(...times).toFixed(1)}]`);
}

function memory(what: string, make: (right: number) => unknown): void {
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: RIGHTS }, (_, right) => make(right));
  globalThis.gc?.();
  const megabytes = (process.memoryUsage().heapUsed - before) / 1e6;
  console.log(`  ${what.padEnd(40)} ${megabytes.toFixed(1)} MB for ${kept.length}`);
}
