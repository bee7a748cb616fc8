/** Finding Prometheus through Kubernetes and reading it through the service proxy, over real HTTP. */
import { expect, it, onTestFinished } from "vitest";
import { createKubeClient } from "#lib/adapters/kubernetes/kubeClient.ts";
import { directConnection } from "#lib/adapters/kubernetes/kubeConnection.ts";
import { createKubernetesCluster } from "#lib/adapters/kubernetes/kubernetesCluster.ts";
import { createKubeTransport } from "#lib/adapters/kubernetes/kubeTransport.ts";
import { createPrometheusTelemetry } from "#lib/adapters/prometheus/prometheusTelemetry.ts";
import type { ClusterSource } from "#lib/ports.ts";
import { startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import type { WireObject } from "#test/kubernetes/objectStore.ts";
import { discoveredTelemetry } from "./discoveredTelemetry.ts";

const clock = { nowSeconds: () => 1_700_000_000 };
const never = new AbortController().signal;
const moment = { windowSeconds: 300, atSeconds: 1_700_000_000 };

function prometheusService(namespace: string): WireObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "prometheus", namespace },
    spec: { ports: [{ name: "http", port: 9090 }] },
  };
}

const EMPTY = JSON.stringify({ status: "success", data: { resultType: "vector", result: [] } });

/** A cluster that holds `objects`, and telemetry that is looked for in it. `asked` lists the namespaces of the services proxied to. */
async function setup(objects: readonly WireObject[]) {
  const api = await startFakeApiServer({ objects });
  api.proxy = () => ({ status: 200, headers: { "content-type": "application/json" }, body: EMPTY });
  const client = createKubeClient(() => Promise.resolve(directConnection(api.url)));
  const cluster = createKubernetesCluster({ client, cluster: "primary", clock, random: () => 0 });
  const telemetry = discoveredTelemetry({
    cluster,
    proxyTransport: (service) => createKubeTransport(client, service),
    connect: (transport, foundBy) => createPrometheusTelemetry({ transport, foundBy, timeoutMs: 5000, clock }),
  });
  cluster.start();
  onTestFinished(async () => {
    await telemetry.close();
    await cluster.close();
    await client.close();
    await api.close();
  });
  const asked = () =>
    api.requests.filter(({ subresource }) => subresource === "proxy").map(({ namespace }) => namespace);
  return { api, cluster, telemetry, asked };
}

function until(cluster: ClusterSource, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = cluster.onChange(() => {
      if (!holds()) return;
      stop();
      resolve();
    });
    if (holds()) {
      stop();
      resolve();
    }
  });
}

const services = (cluster: ClusterSource) => cluster.snapshot().index.count("/Service");

it("reads the Prometheus that the cluster holds, and says which it chose", async () => {
  const { cluster, telemetry, asked } = await setup([prometheusService("monitoring")]);
  await until(cluster, () => services(cluster) === 1);
  await telemetry.readRates(moment, never);
  expect(new Set(asked())).toEqual(new Set(["monitoring"]));
  expect((await telemetry.describe(never)).foundBy).toBe(
    "Service monitoring/prometheus:9090 of cluster primary, through the API server's proxy",
  );
});

it("follows when a better Service appears", async () => {
  const { api, cluster, telemetry, asked } = await setup([prometheusService("monitoring")]);
  await until(cluster, () => services(cluster) === 1);
  await telemetry.readRates(moment, never);
  api.store.put(prometheusService("istio-system"));
  await until(cluster, () => services(cluster) === 2);
  await telemetry.readRates(moment, never);
  expect(asked().at(-1)).toBe("istio-system");
});

it("says what to set when the cluster holds none", async () => {
  const { cluster, telemetry } = await setup([]);
  await until(cluster, () => cluster.snapshot().status.state === "ok");
  await expect(telemetry.readRates(moment, never)).rejects.toMatchObject({
    kind: "unreachable",
    message: "Cluster primary has no Service that looks like a Prometheus",
    hint: "Set MESHSCOPE_PROMETHEUS_URL to the address of your Prometheus.",
  });
});
