/** A ClusterSource over the API server: discovery decides what is mirrored, one reflector a collection fills the index. */
import { isControlPlaneConfig } from "#lib/domain/mesh/controlPlaneConfig.ts";
import { type KindKey, kindKey, MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS, type MeshKind } from "#lib/domain/mesh/meshKinds.ts";
import { type MeshObject, refOf } from "#lib/domain/mesh/meshObject.ts";
import type { Clock, ClusterSource, SourceStatus } from "#lib/ports.ts";
import { backoffMs, Pauses } from "./backoff.ts";
import { clusterStatus, type Failure, kindStatus } from "./clusterStatus.ts";
import { discoverKinds } from "./discovery.ts";
import type { KubeClient } from "./kubeClient.ts";
import { errorOfConnection } from "./kubeError.ts";
import { createProxySync, type ProxySyncTimings } from "./proxySync.ts";
import { type ReflectorSink, type ReflectorState, type ReflectorTimings, runReflector } from "./reflector.ts";
import { collectionPath, type Reach, replaceScope, type Scope, scopesOf } from "./scope.ts";

export type ClusterTimings = ReflectorTimings &
  ProxySyncTimings & {
    /** How often the server is asked which kinds it serves: new CRDs are picked up within this time. */
    readonly discoveryMs: number;
    /** Changes within this time are one call of the listeners. */
    readonly coalesceMs: number;
  };

const TIMINGS: ClusterTimings = {
  backoffBaseMs: 500,
  backoffCapMs: 30_000,
  deniedRetryMs: 300_000,
  watchSeconds: 300,
  silenceMs: 120_000,
  discoveryMs: 60_000,
  coalesceMs: 100,
  proxySyncMs: 60_000,
  proxySyncDeniedMs: 1_800_000,
};

export type KubernetesClusterOptions = {
  /** Not closed with the cluster: the Prometheus transport may share it. */
  readonly client: KubeClient;
  readonly cluster: string;
  /** Only these namespaces, with a Role in each; the whole cluster when absent. */
  readonly namespaces?: readonly string[];
  /** Where istiod runs: the only places whose ConfigMaps are read. */
  readonly controlPlanes?: readonly string[];
  readonly clock: Clock;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  readonly timings?: Partial<ClusterTimings>;
  /** Told why something optional is not known. */
  readonly debug?: (message: string) => void;
};

/** A scope of a kind as it is mirrored. */
type Mirror = Scope & {
  readonly stop: AbortController;
  state: ReflectorState;
  skipped: number;
  /** Set once the loop runs; resolves after it has ended. */
  ended: Promise<void>;
};

/** Most ConfigMaps beside the mesh configuration are locks that are renewed every few seconds. */
function isWanted(object: MeshObject): boolean {
  return object.kind !== "ConfigMap" || isControlPlaneConfig(object);
}

/** Makes the source; nothing is sent before start(). */
export function createKubernetesCluster(options: KubernetesClusterOptions): ClusterSource {
  const { client, cluster, namespaces, clock, random, debug } = options;
  const reach: Reach = { controlPlanes: options.controlPlanes ?? ["istio-system"], ...(namespaces && { namespaces }) };
  const timings = { ...TIMINGS, ...options.timings };
  const index = new MeshIndex();
  const stopped = new AbortController();
  const pauses = new Pauses();
  const listeners = new Set<() => void>();
  const mirrors = new Map<KindKey, { readonly apiVersion: string; readonly parts: readonly Mirror[] }>();
  const undetermined = new Set<string>();
  let discovered = false;
  let discoveryFailure: Failure | undefined;
  let status: SourceStatus = { state: "starting", sinceSeconds: clock.nowSeconds() };
  let announcement: NodeJS.Timeout | undefined;
  let running: Promise<unknown> | undefined;
  const proxies = createProxySync({ client, index, timings, changed, ...(debug && { debug }) });

  function changed(): void {
    announcement ??= setTimeout(() => {
      announcement = undefined;
      for (const listener of [...listeners]) listener();
    }, timings.coalesceMs);
  }

  function judge(): void {
    const states = [...mirrors.values()].flatMap(({ parts }) => parts.map(({ state }) => state));
    const before = status;
    status = clusterStatus(before, discoveryFailure, states, clock.nowSeconds());
    // Back again: whoever waits for the next attempt need not.
    if (before.state === "failing" && status.state === "ok") pauses.wake();
    changed();
  }

  function mirror(kind: MeshKind, apiVersion: string, scope: Scope): Mirror {
    const part: Mirror = {
      ...scope,
      stop: new AbortController(),
      state: { state: "listing" },
      skipped: 0,
      ended: Promise.resolve(),
    };
    const sink: ReflectorSink = {
      replace(objects) {
        replaceScope(index, kind, scope, objects.filter(isWanted));
        changed();
      },
      put(object) {
        if (isWanted(object)) index.put(object);
        else if (!index.remove(refOf(object))) return;
        changed();
      },
      remove(object) {
        if (index.remove(refOf(object))) changed();
      },
      skip() {
        part.skipped += 1;
        changed();
      },
      turn(state) {
        part.state = state;
        // Without its definition a kind has no objects either.
        if (state.state === "absent") replaceScope(index, kind, scope, []);
        judge();
      },
    };
    part.ended = runReflector(
      {
        client,
        path: collectionPath(kind, apiVersion, scope),
        ...(scope.name !== undefined && { fieldSelector: `metadata.name=${scope.name}` }),
        type: { apiVersion, kind: kind.kind },
        sink,
        timings,
        pauses,
        clock,
        random,
      },
      AbortSignal.any([stopped.signal, part.stop.signal]),
    );
    return part;
  }

  /** Starts and stops mirrors so that they are what the server serves. */
  function reconcile(served: ReadonlyMap<KindKey, string>): void {
    for (const kind of MESH_KINDS) {
      if (undetermined.has(kind.group)) continue;
      const key = kindKey(kind);
      const apiVersion = served.get(key);
      const current = mirrors.get(key);
      const isAlive = current?.parts.every(({ state }) => state.state !== "absent") ?? false;
      if (current !== undefined && isAlive && current.apiVersion === apiVersion) continue;
      for (const part of current?.parts ?? []) part.stop.abort();
      mirrors.delete(key);
      if (apiVersion === undefined) index.replaceKind(key, []);
      else
        mirrors.set(key, {
          apiVersion,
          parts: scopesOf(kind, reach).map((scope) => mirror(kind, apiVersion, scope)),
        });
    }
  }

  async function run(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; ) {
      let waitMs = timings.discoveryMs;
      try {
        const discovery = await discoverKinds(client, MESH_KINDS, signal);
        undetermined.clear();
        for (const group of discovery.undetermined) undetermined.add(group);
        discoveryFailure = undefined;
        discovered = true;
        attempt = 0;
        reconcile(discovery.served);
      } catch (cause) {
        if (signal.aborted) return;
        waitMs = backoffMs(attempt, random, { baseMs: timings.backoffBaseMs, capMs: timings.backoffCapMs });
        attempt += 1;
        discoveryFailure = {
          error: errorOfConnection(cause, client.target),
          retryAtSeconds: clock.nowSeconds() + waitMs / 1000,
        };
      }
      judge();
      await pauses.pause(waitMs, signal);
    }
  }

  return {
    cluster,
    start() {
      running ??= Promise.all([run(stopped.signal), proxies.run(stopped.signal)]);
    },
    snapshot: () => ({
      cluster,
      version: index.version + proxies.version,
      ...(proxies.current && { proxySync: proxies.current }),
      index,
      status,
      kinds: MESH_KINDS.map((kind) => {
        const parts = mirrors.get(kindKey(kind))?.parts;
        if (parts !== undefined) return kindStatus(kind, parts);
        if (discovered && !undetermined.has(kind.group)) return kindStatus(kind, []);
        return { group: kind.group, kind: kind.kind, state: "listing" };
      }),
    }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      stopped.abort();
      await running;
      await Promise.all([...mirrors.values()].flatMap(({ parts }) => parts.map(({ ended }) => ended)));
      clearTimeout(announcement);
    },
  };
}
