/** The demo mesh: a simulated cluster and the telemetry of what happens in it. A seed and a clock determine everything. */
import { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { type MeshObject, refOf } from "#lib/domain/mesh/meshObject.ts";
import type { Clock, ClusterSource, TelemetrySource } from "#lib/ports.ts";
import { adoptServices } from "./adoption.ts";
import { reconcile } from "./controllers.ts";
import { createDemoCluster, createStamp } from "./demoCluster.ts";
import { createDemoTelemetry } from "./demoTelemetry.ts";
import { namespace } from "./objects.ts";
import { type MeshScale, scaledWorld } from "./scaledWorld.ts";
import { RETENTION_SECONDS } from "./scraping.ts";
import { createTimeline, type Timeline } from "./timeline.ts";
import { builtInWorld } from "./world/builtInWorld.ts";

export type DemoMesh = {
  readonly cluster: ClusterSource;
  readonly telemetry: TelemetrySource;
  /** What the exporters of series and metrics text read. */
  readonly timeline: Timeline;
  close(): Promise<void>;
};

export type DemoMeshOptions = {
  readonly seed: number;
  readonly clock: Clock;
  /** Makes a synthetic mesh of exactly this size instead of the built-in one. */
  readonly scale?: MeshScale;
  /** Added to the built-in objects, or put in their place. Their namespaces are made where missing. */
  readonly objects?: readonly MeshObject[];
};

/** Who applied the objects a demo starts with. */
const INSTALLER = "kubectl-client-side-apply";

/** Makes the mesh as it is at the clock's time, with a past as long as its retention. */
export function createDemoMesh({ seed, clock, scale, objects = [] }: DemoMeshOptions): DemoMesh {
  const startSeconds = clock.nowSeconds();
  const epochSeconds = startSeconds - RETENTION_SECONDS;
  const world = scale === undefined ? builtInWorld(seed) : scaledWorld(scale, seed);
  const index = new MeshIndex();
  const stamp = createStamp(index);

  for (const object of world.objects) index.put(stamp(object, INSTALLER, epochSeconds));
  const changes = [...world.pastChanges].sort((left, right) => right.secondsAgo - left.secondsAgo);
  for (const { before } of changes) index.put(stamp(before, INSTALLER, epochSeconds));
  for (const object of objects) {
    const home = namespace(object.metadata.namespace, { "istio-injection": "enabled" });
    if (home.metadata.name !== "" && index.get(refOf(home)) === undefined)
      index.put(stamp(home, INSTALLER, epochSeconds));
    index.put(stamp(object, INSTALLER, epochSeconds));
  }
  const reconcileAt = (name: string, atSeconds: number): void =>
    reconcile(index, name, (object) => stamp(object, "kube-controller-manager", atSeconds));
  for (const { metadata } of index.list("/Namespace")) reconcileAt(metadata.name, epochSeconds);

  const timeline = createTimeline({
    index,
    programs: world.programs,
    roots: () => [...world.roots, ...adoptServices(index, world, seed)],
    epochSeconds,
  });
  const current = new Map(world.objects.map((object) => [JSON.stringify(refOf(object)), object]));
  const replaced = new Set(objects.map((object) => JSON.stringify(refOf(object))));
  for (const { before, secondsAgo, manager } of changes) {
    const key = JSON.stringify(refOf(before));
    const after = current.get(key);
    if (after === undefined || replaced.has(key)) continue;
    const atSeconds = startSeconds - secondsAgo;
    timeline.beforeChange(atSeconds);
    index.put(stamp(after, manager, atSeconds));
    reconcileAt(after.metadata.namespace, atSeconds);
    timeline.afterChange(atSeconds);
  }

  const cluster = createDemoCluster({ index, clock, stamp, hooks: timeline });
  const telemetry = createDemoTelemetry(timeline);
  return {
    cluster,
    telemetry,
    timeline,
    async close() {
      await Promise.all([cluster.close(), telemetry.close()]);
    },
  };
}
