import { expect, test } from "vitest";
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import { choosePrometheusService } from "./discover.ts";

function service(namespace: string, name: string, ports: readonly unknown[] = [{ port: 9090 }]): MeshObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace, name, labels: {}, annotations: {} },
    spec: { ports },
  };
}

test("Istio's own Prometheus comes before the monitoring stack's, in any order of the list", () => {
  const services = [
    service("apps", "prometheus"),
    service("monitoring", "prometheus-server", [{ port: 80, name: "http" }]),
    service("istio-system", "prometheus"),
  ];
  const chosen = { namespace: "istio-system", name: "prometheus", port: 9090, scheme: "http" };
  expect(choosePrometheusService(services)).toEqual(chosen);
  expect(choosePrometheusService(services.toReversed())).toEqual(chosen);
});

test("a usual name in an unusual namespace is better than none", () => {
  expect(choosePrometheusService([service("team-a", "prometheus-k8s"), service("team-b", "grafana")])).toMatchObject({
    namespace: "team-a",
    name: "prometheus-k8s",
  });
});

test("the API's port is chosen among those of reloaders and sidecars", () => {
  const ports = [
    { name: "reloader-web", port: 8080 },
    { name: "https-web", port: 9443 },
  ];
  expect(choosePrometheusService([service("monitoring", "prometheus", ports)])).toMatchObject({
    port: 9443,
    scheme: "https",
  });
});

test("a Service that leads nowhere is not chosen", () => {
  const external = { ...service("monitoring", "prometheus"), spec: { type: "ExternalName", ports: [{ port: 9090 }] } };
  expect(choosePrometheusService([external, service("monitoring", "prometheus", [])])).toBeUndefined();
  expect(
    choosePrometheusService([
      { ...external, spec: undefined },
      { ...external, spec: { ports: [null, 5] } },
    ]),
  ).toBeUndefined();
});
