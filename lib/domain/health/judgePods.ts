/** Health by what runs: replicas and the proxies beside them. */
import type { Health, Judgement } from "./health.ts";

export type Replicas = {
  readonly desired: number;
  readonly available: number;
  /** Pods there are, ready or not; absent where the controller does not say. */
  readonly current?: number;
};

/** Of the proxies that should have the configuration, those that acknowledged all they were sent. */
export type ProxySyncCount = { readonly synced: number; readonly total: number };

/**
 * Judges replicas: none wanted is "not ready", none available "failing", some missing "degraded".
 *
 *   desired 3 available 3            → healthy     desired 3 available 1 → degraded
 *   desired 3 available 0            → failing     desired 0             → notReady
 *   desired 3 available 3 current 4  → degraded: a rollout adds pods before it takes the old ones away, or is stuck
 */
export function judgeReplicas(replicas: Replicas): Judgement {
  const health = replicaHealth(replicas);
  return { health, reasons: health === "healthy" ? [] : [{ kind: "replicas", health, ...replicas }] };
}

function replicaHealth({ desired, available, current = desired }: Replicas): Health {
  if (desired <= 0) return "notReady";
  if (available <= 0) return "failing";
  return available < desired || current !== desired ? "degraded" : "healthy";
}

/** Judges proxies: one that runs on old configuration is "degraded". */
export function judgeProxies({ synced, total }: ProxySyncCount): Judgement {
  if (synced >= total) return { health: "healthy", reasons: [] };
  return { health: "degraded", reasons: [{ kind: "proxies", health: "degraded", synced, total }] };
}
