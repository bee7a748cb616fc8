/** A ClusterSource over the API server: discovery decides what is mirrored, one reflector a collection fills the index. */
import { type KindKey, kindKey } from "#lib/domain/mesh/meshIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import type { Clock, ClusterSource, SourceStatus } from "#lib/ports.ts";
import { Pauses } from "./backoff.ts";
import { createClusterAccess } from "./clusterAccess.ts";
import { clusterStatus, type Failure, kindStatus } from "./clusterStatus.ts";
import { createClusterWriter } from "./clusterWriter.ts";
import { type CertificateTimings, createGatewayCertificates } from "./gatewayCertificates.ts";
import type { KubeClient } from "./kubeClient.ts";
import { type Mirror, startMirror } from "./mirror.ts";
import { createProxySync, type ProxySyncTimings } from "./proxySync.ts";
import type { ReflectorTimings } from "./reflector.ts";
import { type Reach, scopesOf } from "./scope.ts";
import { createServedKinds, type DiscoveryTimings } from "./servedKinds.ts";
import { WatchedIndex } from "./watchedIndex.ts";

export type ClusterTimings = ReflectorTimings &
  DiscoveryTimings &
  CertificateTimings &
  ProxySyncTimings & {
    /** Changes within this time are one call of the listeners. */
    readonly coalesceMs: number;
  };

const TIMINGS: ClusterTimings = {
  backoffBaseMs: 500,
  backoffCapMs: 30_000,
  deniedRetryMs: 300_000,
  namedMs: 60_000,
  watchSeconds: 300,
  silenceMs: 120_000,
  discoveryMs: 60_000,
  coalesceMs: 100,
  proxySyncMs: 60_000,
  proxySyncDeniedMs: 1_800_000,
  certificateCheckMs: 5_000,
  certificateMs: 600_000,
  certificateRetryMs: 60_000,
};

export type KubernetesClusterOptions = {
  /** Not closed with the cluster: the Prometheus transport may share it. */
  readonly client: KubeClient;
  readonly cluster: string;
  /** Only these namespaces, with a Role in each; the whole cluster when absent. */
  readonly namespaces?: readonly string[];
  /** Where istiod runs: the only places whose ConfigMaps are read. */
  readonly controlPlanes?: readonly string[];
  /** Whether the Secrets that gateways name are read, for when their certificates end. */
  readonly certificates?: boolean;
  readonly clock: Clock;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  readonly timings?: Partial<ClusterTimings>;
  /** Whose credentials the client has; an account's, which nobody may write with, unless told otherwise. */
  readonly processIs?: "person" | "account";
  /** Told why something optional is not known. */
  readonly debug?: (message: string) => void;
};

/** Makes the source; nothing is sent before start(). */
export function createKubernetesCluster(options: KubernetesClusterOptions): ClusterSource {
  const { client, cluster, namespaces, clock, random, debug } = options;
  const reach: Reach = { controlPlanes: options.controlPlanes ?? ["istio-system"], ...(namespaces && { namespaces }) };
  const timings = { ...TIMINGS, ...options.timings };
  const watched = new WatchedIndex(clock);
  const { index, changes } = watched;
  const stopped = new AbortController();
  const pauses = new Pauses();
  const listeners = new Set<() => void>();
  const mirrors = new Map<KindKey, { readonly apiVersion: string; readonly parts: readonly Mirror[] }>();
  let undetermined: ReadonlySet<string> = new Set();
  let discovered = false;
  let discoveryFailure: Failure | undefined;
  let status: SourceStatus = { state: "starting", sinceSeconds: clock.nowSeconds() };
  let announcement: NodeJS.Timeout | undefined;
  let running: Promise<unknown> | undefined;
  const proxies = createProxySync({ client, index, timings, changed, ...(debug && { debug }) });
  const certificates = options.certificates
    ? createGatewayCertificates({ client, index, timings, changed })
    : undefined;

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
    if (before.state === "failing" && status.state === "ok") {
      pauses.wake();
      served.wake();
    }
    changed();
  }

  const mirroring = {
    client,
    watched,
    timings,
    pauses,
    clock,
    random,
    stopped: stopped.signal,
    changed,
    turned: judge,
  };
  const served = createServedKinds({
    client,
    timings,
    clock,
    random,
    told(discovery) {
      undetermined = discovery.undetermined;
      discoveryFailure = undefined;
      discovered = true;
      reconcile(discovery.served);
      judge();
    },
    failed(failure) {
      discoveryFailure = failure;
      judge();
    },
  });

  /** Starts and stops mirrors so that they are what the server serves. */
  function reconcile(versions: ReadonlyMap<KindKey, string>): void {
    for (const kind of MESH_KINDS) {
      if (undetermined.has(kind.group)) continue;
      const key = kindKey(kind);
      const apiVersion = versions.get(key);
      const current = mirrors.get(key);
      const isAlive = current?.parts.every(({ state }) => state.state !== "absent") ?? false;
      if (current !== undefined && isAlive && current.apiVersion === apiVersion) continue;
      for (const part of current?.parts ?? []) part.stop.abort();
      mirrors.delete(key);
      if (apiVersion === undefined) watched.clear(kind, scopesOf(kind, reach));
      else
        mirrors.set(key, {
          apiVersion,
          parts: scopesOf(kind, reach).map((scope) => startMirror(kind, apiVersion, scope, mirroring)),
        });
    }
  }

  return {
    cluster,
    start() {
      const parts = [served, proxies, ...(certificates === undefined ? [] : [certificates])];
      running ??= Promise.all(parts.map((part) => part.run(stopped.signal)));
    },
    snapshot: () => ({
      cluster,
      version: index.version + proxies.version + (certificates?.version ?? 0),
      ...(proxies.current && { proxySync: proxies.current }),
      ...(certificates?.current && { certificates: certificates.current }),
      index,
      changes,
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
    access: createClusterAccess(client),
    writer: createClusterWriter({
      client,
      processIs: options.processIs ?? "account",
      servedVersion: (kind) => mirrors.get(kindKey(kind))?.apiVersion,
    }),
    async close() {
      stopped.abort();
      await running;
      await Promise.all([...mirrors.values()].flatMap(({ parts }) => parts.map(({ ended }) => ended)));
      clearTimeout(announcement);
    },
  };
}
