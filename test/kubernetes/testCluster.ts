/** The Kubernetes adapter on a fake API server, with every pause short. */
import { expect, onTestFinished, vi } from "vitest";
import { createKubeClient } from "#lib/adapters/kubernetes/kubeClient.ts";
import { directConnection } from "#lib/adapters/kubernetes/kubeConnection.ts";
import { createKubernetesCluster, type KubernetesClusterOptions } from "#lib/adapters/kubernetes/kubernetesCluster.ts";
import type { KindKey } from "#lib/domain/mesh/meshIndex.ts";
import type { ClusterSource, KindStatus } from "#lib/ports.ts";
import { FakeApiServer } from "./fakeApiServer.ts";
import type { WireObject } from "./objectStore.ts";

/** For vi.waitFor. */
export const DEADLINE = { timeout: 10_000, interval: 5 };

/** A fake API server that is closed with the test. */
export async function testServer(objects: Iterable<WireObject> = []): Promise<FakeApiServer> {
  const server = new FakeApiServer();
  for (const object of objects) server.store.put(object);
  await server.listen();
  onTestFinished(() => server.close());
  return server;
}

/** A source that has begun to read the server, closed with the test. Discovery asks every minute unless told otherwise. */
export function testCluster(server: FakeApiServer, options: Partial<KubernetesClusterOptions> = {}): ClusterSource {
  const client = options.client ?? createKubeClient(async () => directConnection(server.url));
  const source = createKubernetesCluster({
    cluster: "test",
    clock: { nowSeconds: () => 1_000 },
    random: () => 0.5,
    ...options,
    client,
    timings: { backoffBaseMs: 4, backoffCapMs: 20, coalesceMs: 1, deniedRetryMs: 20, namedMs: 20, ...options.timings },
  });
  onTestFinished(async () => {
    await source.close();
    await client.close();
  });
  source.start();
  return source;
}

export function kindState(source: ClusterSource, key: KindKey): KindStatus | undefined {
  return source.snapshot().kinds.find(({ group, kind }) => `${group}/${kind}` === key);
}

/** Waits until a kind is in a state. */
export async function untilKind(source: ClusterSource, key: KindKey, state: KindStatus["state"]): Promise<void> {
  await vi.waitFor(() => expect(kindState(source, key)?.state).toBe(state), DEADLINE);
}

/** Waits until the index holds exactly these objects of a kind ("namespace/name", in any order). */
export async function untilObjects(source: ClusterSource, key: KindKey, paths: readonly string[]): Promise<void> {
  await vi.waitFor(() => {
    const held = source.snapshot().index.list(key);
    expect(held.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`).sort()).toEqual([...paths].sort());
  }, DEADLINE);
}
