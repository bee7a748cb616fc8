/** The demo mesh: simulated clusters and the telemetry of what happens in them. A seed and a clock determine everything. */
import { ChangeLog } from "#lib/domain/mesh/changeLog.ts";
import { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { type MeshObject, refOf } from "#lib/domain/mesh/meshObject.ts";
import type { Clock, TelemetrySource } from "#lib/ports.ts";
import { adoptServices } from "./adoption.ts";
import { reconcile } from "./controllers.ts";
import { createDemoCluster, createStamp, type DemoCluster, type Stamp } from "./demoCluster.ts";
import { createDemoTelemetry } from "./demoTelemetry.ts";
import { INJECTED, namespace } from "./objects.ts";
import { type MeshScale, scaledWorld } from "./scaledWorld.ts";
import { RETENTION_SECONDS } from "./scraping.ts";
import { createTimeline, type Timeline } from "./timeline.ts";
import { builtInWorld } from "./world/builtInWorld.ts";

export type DemoMesh = {
  readonly clusters: readonly DemoCluster[];
  /** The first of the clusters: what someone adds goes there. */
  readonly cluster: DemoCluster;
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
const FIRST_CLUSTER = "primary";

/** Makes the mesh as it is at the clock's time, with a past as long as its retention. */
export function createDemoMesh({ seed, clock, scale, objects = [] }: DemoMeshOptions): DemoMesh {
  const startSeconds = clock.nowSeconds();
  const epochSeconds = startSeconds - RETENTION_SECONDS;
  const now = () => clock.nowSeconds();
  const world = scale === undefined ? builtInWorld(seed) : scaledWorld(scale, seed);
  const changes = [...world.pastChanges].sort((left, right) => right.secondsAgo - left.secondsAgo);
  const first = install(
    [...world.objects, ...changes.map(({ before }) => before), ...homesOf(objects, world.objects), ...objects],
    epochSeconds,
    now,
  );
  const { index, stamp } = first;
  const others = Object.entries(world.elsewhere ?? {}).map(([cluster, there]) => ({
    cluster,
    ...install(there, epochSeconds, now),
  }));

  const timeline = createTimeline({
    members: [{ cluster: FIRST_CLUSTER, index }, ...others],
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
    runControllers(first, after.metadata.namespace, atSeconds);
    timeline.afterChange(atSeconds);
  }

  const cluster = createDemoCluster({ cluster: FIRST_CLUSTER, ...first, clock, hooks: timeline });
  const clusters = [cluster, ...others.map((other) => createDemoCluster({ ...other, clock, hooks: timeline }))];
  const telemetry = createDemoTelemetry(timeline);
  return {
    clusters,
    cluster,
    telemetry,
    timeline,
    async close() {
      await Promise.all([...clusters.map((item) => item.close()), telemetry.close()]);
    },
  };
}

type Installed = { readonly index: MeshIndex; readonly changes: ChangeLog; readonly stamp: Stamp };

/** A cluster that holds these objects; the later of two with one identity replaces the earlier. */
function install(objects: readonly MeshObject[], atSeconds: number, nowSeconds: () => number): Installed {
  const changes = new ChangeLog(atSeconds);
  let isInstalled = false;
  const index = new MeshIndex((before, after) => {
    if (isInstalled) changes.observe(before, after, nowSeconds());
  });
  const cluster = { index, changes, stamp: createStamp(index) };
  for (const object of objects) index.put(cluster.stamp(object, INSTALLER, atSeconds));
  for (const { metadata } of index.list("/Namespace")) runControllers(cluster, metadata.name, atSeconds);
  isInstalled = true;
  return cluster;
}

function runControllers({ index, stamp }: Installed, namespaceName: string, atSeconds: number): void {
  reconcile(index, namespaceName, (object) => stamp(object, "kube-controller-manager", atSeconds));
}

/** Namespaces that someone's objects are in and nobody has. */
function homesOf(objects: readonly MeshObject[], present: readonly MeshObject[]): MeshObject[] {
  const isNamespace = ({ kind }: MeshObject) => kind === "Namespace";
  const known = new Set([...present, ...objects].filter(isNamespace).map(({ metadata }) => metadata.name));
  const missing = new Set(objects.map(({ metadata }) => metadata.namespace).filter((name) => name !== ""));
  return [...missing].filter((name) => !known.has(name)).map((name) => namespace(name, INJECTED));
}
