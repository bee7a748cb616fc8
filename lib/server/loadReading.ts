/** One reading for the browser: merged telemetry beside what configuration knows, and how well both are known. */
import { type Reading, readingSchema } from "#lib/api/reading.ts";
import { cutHealth } from "#lib/domain/access/cutHealth.ts";
import { cutLatency } from "#lib/domain/access/cutLatency.ts";
import { type Sight, seesNamespace } from "#lib/domain/access/sight.ts";
import type { HealthConfig } from "#lib/domain/health/tolerances.ts";
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import { distinctWarnings } from "#lib/domain/telemetry/distinctWarnings.ts";
import type { Detail } from "#lib/domain/telemetry/reports.ts";
import type { Warning } from "#lib/ports.ts";
import { cutRates } from "./access/cutRates.ts";
import { generalQuality, generalWarnings } from "./access/generalWords.ts";
import type { Viewer } from "./access/viewer.ts";
import { kindWarnings } from "./kindWarnings.ts";
import { bareMesh, loadMesh, type SeenMesh } from "./loadMesh.ts";
import { loadSources } from "./loadSources.ts";
import { numberOf } from "./numberOf.ts";
import type { Runtime } from "./running.ts";
import { searchWarnings } from "./searchWarnings.ts";

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
export type ReadingSources = Pick<
  Runtime,
  "telemetry" | "clusters" | "clusterSearch" | "access" | "clock" | "settings"
>;

/** `key` is equal for equal readings only, and names the rights that it was cut by: answers may be kept under it. */
export type LoadedReading = { readonly reading: Reading; readonly key: string };

/** What the viewer may see of a reading. Rejects with SourceError when there is no telemetry to show, not even from before. */
export async function loadReading(
  { telemetry, clusters, clusterSearch, access, clock, settings }: ReadingSources,
  viewer: Viewer,
  query: ReadingQuery,
  signal: AbortSignal,
): Promise<LoadedReading> {
  const { windowSeconds, atSeconds, details } = query;
  const sight = await access.sightOf(viewer, signal);
  const names = clusters.map(({ cluster }) => cluster);
  const latencyNamespaces = query.latencyNamespaces?.filter((namespace) =>
    names.some((cluster) => seesNamespace(sight, cluster, namespace)),
  );
  const rates = await telemetry.rates({ windowSeconds, atSeconds, details }, signal);
  const latency =
    latencyNamespaces === undefined
      ? undefined
      : await telemetry.latency({ windowSeconds, atSeconds, namespaces: latencyNamespaces }, rates, signal);
  const cut = cutRates(rates.table, sight, names);
  const { mesh, hides, version } = await loadMesh(clusters, sight);
  const snapshots = clusters.map((cluster) => cluster.snapshot());
  const identity = {
    version: readingSchema.shape.version.value,
    asOf: rates.atSeconds,
    requestedWindowSeconds: windowSeconds,
    windowSeconds: rates.windowSeconds,
    historical: atSeconds !== undefined,
    configurationVersion: version,
    quality: generalQuality(rates.quality, sight),
    warnings: distinctWarnings([
      ...(sight.warnings ?? []),
      ...partialView(mesh, cut.withheld ? "namespaces" : hides),
      ...generalWarnings([...rates.warnings, ...(latency?.warnings ?? [])], sight),
      ...searchWarnings(clusterSearch, sight),
      ...snapshots.flatMap((snapshot) => kindWarnings(snapshot, sight)),
    ]),
    sources: loadSources(telemetry, clusters, sight),
    ...(latency?.asOf === undefined ? {} : { latencyAsOf: latency.asOf }),
    health: healthFor(settings.HEALTH_RATE, mesh, sight),
  };
  const reading = {
    ...identity,
    now: clock.nowSeconds(),
    edges: cut.table,
    ...(latency?.table === undefined ? {} : { latency: cutLatency(latency.table, cut) }),
    mesh: query.labels ? mesh : bareMesh(mesh),
  };
  // Versions of clusters that come and go may add up to the same number; the node table is another object then.
  return { reading, key: JSON.stringify([sight.key, identity, numberOf(mesh), query]) };
}

const tolerances = new WeakMap<MeshNodes, HealthConfig>();

/** The same object for the same mesh: patterns are compiled once for each. */
function healthFor(config: HealthConfig, mesh: MeshNodes, sight: Sight): HealthConfig {
  if (sight.clusters === "everything") return config;
  let own = tolerances.get(mesh);
  if (own === undefined) {
    own = cutHealth(config, new Set(mesh.namespaces.map(({ name }) => name)));
    tolerances.set(mesh, own);
  }
  return own;
}

const ASK =
  "Ask the cluster's administrator: the right to get a namespace shows it, to list a kind what is made of its objects.";

/** Said only where something was in fact withheld. */
function partialView({ namespaces }: MeshNodes, hides: SeenMesh["hides"]): Warning[] {
  if (hides === "nothing") return [];
  const seen = namespaces.length === 1 ? "1 namespace" : `${namespaces.length} namespaces`;
  if (hides === "namespaces" && namespaces.length === 0) {
    const message = "You may not see any namespace of this mesh.";
    return [
      { code: "no-namespace-visible", message, hint: "Ask the cluster's administrator for the right to get one." },
    ];
  }
  const message =
    hides === "kinds"
      ? "You may not list every kind of object in the namespaces you see: what is made of them is missing."
      : `You see ${seen}; calls from and to others are shown as inaccessible.`;
  return [{ code: "partial-view", message, hint: ASK }];
}
