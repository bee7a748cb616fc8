/**
 * Follows which kinds the API server serves. It is asked every minute; where CustomResourceDefinitions may be watched
 * (their metadata: whole, they have megabytes), each change of one that matters is a reason to ask at once.
 */
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import type { Clock } from "#lib/ports.ts";
import { backoffMs, Pauses } from "./backoff.ts";
import type { Failure } from "./clusterStatus.ts";
import { type Discovery, discoverKinds } from "./discovery.ts";
import type { KubeClient } from "./kubeClient.ts";
import { errorOfConnection } from "./kubeError.ts";
import { type ReflectorSink, type ReflectorTimings, runReflector } from "./reflector.ts";

export type DiscoveryTimings = {
  /** How often the server is asked which kinds it serves: new CRDs are picked up within this time. */
  readonly discoveryMs: number;
};

export type ServedKinds = {
  /** Asks until the signal aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Asks now. */
  wake(): void;
};

const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const NAMES: ReadonlySet<string> = new Set(MESH_KINDS.map(({ plural, group }) => `${plural}.${group}`));
/** A new definition is served some time after it is there; these are the pauses between the questions that follow it. */
const AFTER_CHANGE_MS = [100, 1_000, 5_000] as const;

/** `told` is called with every answer, `failed` with every failure to get one. */
export function createServedKinds(options: {
  readonly client: KubeClient;
  readonly timings: ReflectorTimings & DiscoveryTimings;
  readonly clock: Clock;
  readonly random: () => number;
  readonly told: (discovery: Discovery) => void;
  readonly failed: (failure: Failure) => void;
}): ServedKinds {
  const { client, timings, clock, random, told, failed } = options;
  const pauses = new Pauses();
  let soon: number[] = [];

  function askSoon(pausesMs: readonly number[]): void {
    soon = [...pausesMs];
    pauses.wake();
  }

  function changed({ metadata }: MeshObject): void {
    if (NAMES.has(metadata.name)) askSoon(AFTER_CHANGE_MS);
  }

  async function ask(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted; ) {
      try {
        const discovery = await discoverKinds(client, MESH_KINDS, signal);
        signal.throwIfAborted();
        attempt = 0;
        told(discovery);
        await pauses.pause(Math.min(soon.shift() ?? timings.discoveryMs, timings.discoveryMs), signal);
      } catch (cause) {
        if (signal.aborted) return;
        const waitMs = backoffMs(attempt, random, { baseMs: timings.backoffBaseMs, capMs: timings.backoffCapMs });
        attempt += 1;
        failed({
          error: errorOfConnection(cause, client.target),
          retryAtSeconds: clock.nowSeconds() + waitMs / 1000,
        });
        await pauses.pause(waitMs, signal);
      }
    }
  }

  const sink: ReflectorSink = {
    listed() {},
    // What changed before this list is not told; one more question will do.
    replace: () => askSoon([AFTER_CHANGE_MS[0]]),
    put: changed,
    remove: changed,
    skip() {},
    turn() {},
  };

  return {
    wake: () => pauses.wake(),
    async run(signal) {
      const type = { apiVersion: "apiextensions.k8s.io/v1", kind: "CustomResourceDefinition" };
      const watch = { client, path: DEFINITIONS, metadataOnly: true, type, sink, timings, clock, random };
      await Promise.all([ask(signal), runReflector({ ...watch, pauses: new Pauses() }, signal)]);
    },
  };
}
