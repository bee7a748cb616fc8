import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import { createKubeClient } from "#lib/adapters/kubernetes/kubeClient.ts";
import { directConnection } from "#lib/adapters/kubernetes/kubeConnection.ts";
import { createKubernetesCluster } from "#lib/adapters/kubernetes/kubernetesCluster.ts";
import { startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { smallMesh, toWire } from "#test/kubernetes/wireObjects.ts";
import { clusterContract } from "./clusterContract.ts";

const clock = { nowSeconds: () => 1_795_223_940 };

clusterContract("the Kubernetes API over HTTP", async () => {
  const server = await startFakeApiServer({ objects: smallMesh() });
  const client = createKubeClient(async () => directConnection(server.url));
  const source = createKubernetesCluster({ client, cluster: "test", clock, random: () => 0.5 });
  return {
    source,
    put: async (object) => void server.store.put(toWire(object)),
    remove: async ({ group, kind, namespace, name }) =>
      server.store.remove({ apiVersion: `${group}/v1`, kind, metadata: { namespace, name } }),
    async close() {
      await source.close();
      await client.close();
      await server.close();
    },
  };
});

clusterContract("the demo mesh", async () => {
  const mesh = createDemoMesh({ seed: 1, clock });
  return {
    source: mesh.cluster,
    put: async (object) => void (await mesh.cluster.apply(object)),
    remove: (ref) => mesh.cluster.remove(ref),
    close: () => mesh.close(),
  };
});
