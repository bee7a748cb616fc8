/** One reading for the browser: merged telemetry beside what configuration knows, and how well both are known. */
import { type Reading, readingSchema } from "#lib/api/reading.ts";
import { buildMeshNodes } from "#lib/domain/mesh/buildMeshNodes.ts";
import { type MeshNodes, withoutLabels } from "#lib/domain/mesh/meshNodes.ts";
import { distinctWarnings } from "#lib/domain/telemetry/distinctWarnings.ts";
import type { Detail } from "#lib/domain/telemetry/reports.ts";
import type { ClusterSnapshot, ClusterSource, Warning } from "#lib/ports.ts";
import type { Viewer } from "./access/viewer.ts";
import { loadSources } from "./loadSources.ts";
import type { Runtime } from "./running.ts";

export type ReadingQuery = {
  readonly windowSeconds: number;
  readonly atSeconds?: number | undefined;
  /** Absent: no latencies. Empty: averages only. */
  readonly latencyNamespaces?: readonly string[] | undefined;
  readonly details: readonly Detail[];
  /** Labels of workloads and services. */
  readonly labels: boolean;
};

/** What a reading is made of. */
export type ReadingSources = Pick<Runtime, "telemetry" | "clusters" | "access" | "clock" | "settings">;

/** Rejects with SourceError when there is no telemetry to show, not even from before. */
export async function loadReading(
  { telemetry, clusters, clock, settings }: ReadingSources,
  _viewer: Viewer,
  query: ReadingQuery,
  signal: AbortSignal,
): Promise<Reading> {
  const { windowSeconds, atSeconds, latencyNamespaces, details } = query;
  const rates = await telemetry.rates({ windowSeconds, atSeconds, details }, signal);
  const latency =
    latencyNamespaces === undefined
      ? undefined
      : await telemetry.latency({ windowSeconds, atSeconds, namespaces: latencyNamespaces }, rates, signal);
  const mesh = loadMesh(clusters);
  const snapshots = clusters.map((cluster) => cluster.snapshot());
  return {
    version: readingSchema.shape.version.value,
    asOf: rates.atSeconds,
    now: clock.nowSeconds(),
    requestedWindowSeconds: windowSeconds,
    windowSeconds: rates.windowSeconds,
    historical: atSeconds !== undefined,
    configurationVersion: snapshots.reduce((sum, { version }) => sum + version, 0),
    quality: [...rates.quality],
    warnings: distinctWarnings([...rates.warnings, ...(latency?.warnings ?? []), ...snapshots.flatMap(kindWarnings)]),
    sources: loadSources(telemetry, clusters),
    edges: rates.table,
    ...(latency?.asOf === undefined ? {} : { latencyAsOf: latency.asOf }),
    ...(latency?.table === undefined ? {} : { latency: latency.table }),
    mesh: query.labels ? mesh : bareMesh(mesh),
    health: settings.HEALTH_RATE,
  };
}

const meshes = new WeakMap<ClusterSource, { version: number; mesh: MeshNodes }>();

/** Nodes of all clusters, rebuilt only for clusters that changed. */
export function loadMesh(clusters: readonly ClusterSource[]): MeshNodes {
  const parts = clusters.map((source) => {
    const { cluster, version, index, proxySync } = source.snapshot();
    const kept = meshes.get(source);
    if (kept?.version === version) return kept.mesh;
    const mesh = buildMeshNodes(cluster, index, proxySync);
    meshes.set(source, { version, mesh });
    return mesh;
  });
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return {
    namespaces: parts.flatMap(({ namespaces }) => namespaces),
    workloads: parts.flatMap(({ workloads }) => workloads),
    services: parts.flatMap(({ services }) => services),
  };
}

const bareMeshes = new WeakMap<MeshNodes, MeshNodes>();

/** The mesh without labels, made once for each. */
function bareMesh(mesh: MeshNodes): MeshNodes {
  let bare = bareMeshes.get(mesh);
  if (bare === undefined) bareMeshes.set(mesh, (bare = withoutLabels(mesh)));
  return bare;
}

/** Kinds that cannot be read make the picture partial. An absent CRD is normal: nobody uses it there. */
function kindWarnings({ cluster, kinds }: ClusterSnapshot): Warning[] {
  return kinds
    .filter(({ state }) => state === "denied" || state === "failing")
    .map(({ kind, state, message }) => ({
      code: `kind-${state}`,
      message: `${kind} objects of cluster ${cluster} are not shown: ${message ?? state}`,
    }));
}
