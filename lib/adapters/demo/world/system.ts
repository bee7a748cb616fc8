/** istio-system: control plane, ingress and egress gateways, ztunnel, and what holds for the whole mesh. */
import {
  GATEWAY_API,
  ISTIO_NETWORKING,
  namespace,
  object,
  peerAuthentication,
  proxyWorkload,
  service,
  workload,
} from "../objects.ts";
import type { Call, World } from "../world.ts";

export const SYSTEM = "istio-system";
export const INGRESS = { namespace: SYSTEM, workload: "istio-ingressgateway" };
export const MAIN_GATEWAY = `${SYSTEM}/main-gateway`;

/** A visit from the internet: the gateway looks at its host. */
export function visit(host: string, path = "/", rest: Partial<Call> = {}): Call {
  return { host, port: 80, protocol: "http", perRequest: 1, path, ...rest };
}

export function systemWorld(): World {
  return {
    objects: [
      namespace(SYSTEM, { "istio-injection": "disabled" }),
      workload(SYSTEM, "istiod", {
        app: "istiod",
        replicas: 2,
        image: "docker.io/istio/pilot:1.28.1",
        labels: { "istio.io/rev": "default" },
      }),
      service(SYSTEM, "istiod", 15012, { portName: "grpc-xds" }),
      workload(SYSTEM, "ztunnel", { kind: "DaemonSet", image: "docker.io/istio/ztunnel:1.28.1" }),
      proxyWorkload(SYSTEM, "istio-ingressgateway", {
        replicas: 2,
        labels: { istio: "ingressgateway" },
      }),
      service(SYSTEM, "istio-ingressgateway", 80, { portName: "http2", selector: { istio: "ingressgateway" } }),
      proxyWorkload(SYSTEM, "istio-egressgateway", {
        labels: { istio: "egressgateway" },
      }),
      service(SYSTEM, "istio-egressgateway", 80, { portName: "http2", selector: { istio: "egressgateway" } }),
      object(ISTIO_NETWORKING, "Gateway", SYSTEM, "main-gateway", {
        selector: { istio: "ingressgateway" },
        servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*.demo.example"] }],
      }),
      object(ISTIO_NETWORKING, "Gateway", SYSTEM, "card-egress", {
        selector: { istio: "egressgateway" },
        servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["api.cardprocessor.example"] }],
      }),
      // A leftover: no proxy carries this label any more.
      object(ISTIO_NETWORKING, "Gateway", SYSTEM, "partner-gateway", {
        selector: { istio: "partner-ingress" },
        servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["partners.demo.example"] }],
      }),
      object(GATEWAY_API, "GatewayClass", "", "istio", { controllerName: "istio.io/gateway-controller" }),
      object(GATEWAY_API, "GatewayClass", "", "istio-waypoint", { controllerName: "istio.io/mesh-controller" }),
      peerAuthentication(SYSTEM, "default", "PERMISSIVE"),
      object("telemetry.istio.io/v1", "Telemetry", SYSTEM, "mesh-default", {
        tracing: [{ randomSamplingPercentage: 5 }],
        accessLogging: [{ providers: [{ name: "envoy" }], filter: { expression: "response.code >= 400" } }],
      }),
    ],
    programs: {
      [`${SYSTEM}/istiod`]: { calls: [], milliseconds: 5 },
      [`${SYSTEM}/ztunnel`]: { calls: [], milliseconds: 1 },
      [`${SYSTEM}/istio-ingressgateway`]: { calls: [], milliseconds: 1 },
      [`${SYSTEM}/istio-egressgateway`]: { calls: [], milliseconds: 1 },
    },
    roots: [],
    pastChanges: [],
  };
}
