/** Builders of Kubernetes, Istio and Gateway API objects: each says only what differs from the ordinary. */
import type { Labels } from "#lib/domain/mesh/labels.ts";
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";

export const ISTIO_NETWORKING = "networking.istio.io/v1";
export const ISTIO_SECURITY = "security.istio.io/v1";
export const GATEWAY_API = "gateway.networking.k8s.io/v1";

export const PROXY_IMAGE = "docker.io/istio/proxyv2:1.28.1";

/** Any object with a spec. */
export function object(
  apiVersion: string,
  kind: string,
  namespace: string,
  name: string,
  spec: unknown,
  rest: { readonly labels?: Labels; readonly annotations?: Labels; readonly status?: unknown } = {},
): MeshObject {
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, labels: rest.labels ?? {}, annotations: rest.annotations ?? {} },
    spec,
    ...(rest.status !== undefined && { status: rest.status }),
  };
}

export function namespace(name: string, labels: Labels = {}): MeshObject {
  return object("v1", "Namespace", "", name, {}, { labels: { "kubernetes.io/metadata.name": name, ...labels } });
}

/** What a namespace with automatic sidecars is labelled with. */
export const INJECTED: Labels = { "istio-injection": "enabled" };
export const AMBIENT: Labels = { "istio.io/dataplane-mode": "ambient" };

export type WorkloadOptions = {
  readonly kind?: "Deployment" | "StatefulSet" | "DaemonSet";
  /** Labels of the pods beside app and version. */
  readonly labels?: Labels;
  readonly annotations?: Labels;
  /** Annotations of the Deployment itself, not of its pods. */
  readonly ownAnnotations?: Labels;
  readonly app?: string;
  readonly version?: string;
  readonly replicas?: number;
  readonly image?: string;
  readonly serviceAccount?: string;
  readonly port?: number;
  /** Name of the container where it is not the app's. */
  readonly container?: string;
};

/** A Deployment, StatefulSet or DaemonSet named like its app and version ("reviews-v2"). */
export function workload(namespaceName: string, name: string, options: WorkloadOptions = {}): MeshObject {
  const app = options.app ?? name.replace(/-v\d+$/, "");
  const version = options.version ?? /-(v\d+)$/.exec(name)?.[1];
  const identity: Labels = { app, ...(version !== undefined && { version }) };
  const replicas = options.replicas ?? 1;
  return object(
    "apps/v1",
    options.kind ?? "Deployment",
    namespaceName,
    name,
    {
      replicas,
      selector: { matchLabels: identity },
      template: {
        metadata: { labels: { ...identity, ...options.labels }, annotations: options.annotations ?? {} },
        spec: {
          serviceAccountName: options.serviceAccount ?? app,
          containers: [
            {
              name: options.container ?? app,
              image: options.image ?? `registry.example/${namespaceName}/${app}:${version ?? "1.0.0"}`,
              ports: [{ containerPort: options.port ?? 8080 }],
            },
          ],
        },
      },
    },
    { labels: identity, annotations: options.ownAnnotations ?? {} },
  );
}

/** A Deployment whose pods are nothing but a proxy: a gateway or a waypoint. */
export function proxyWorkload(namespaceName: string, name: string, options: WorkloadOptions = {}): MeshObject {
  return workload(namespaceName, name, { image: PROXY_IMAGE, container: "istio-proxy", ...options });
}

/** A Service with one port or more, named as Istio wants them ("http", "grpc", "tcp-mongo"). */
export function service(
  namespaceName: string,
  name: string,
  port: number,
  options: {
    readonly portName?: string;
    readonly morePorts?: Readonly<Record<string, number>>;
    readonly selector?: Labels;
    readonly labels?: Labels;
  } = {},
): MeshObject {
  return object(
    "v1",
    "Service",
    namespaceName,
    name,
    {
      type: "ClusterIP",
      selector: options.selector ?? { app: name },
      ports: Object.entries({ [options.portName ?? "http"]: port, ...options.morePorts }).map(([named, number]) => ({
        name: named,
        port: number,
        targetPort: number,
        protocol: "TCP",
      })),
    },
    { labels: { app: name, ...options.labels } },
  );
}

export function virtualService(
  namespaceName: string,
  name: string,
  spec: Readonly<Record<string, unknown>>,
): MeshObject {
  return object(ISTIO_NETWORKING, "VirtualService", namespaceName, name, spec);
}

/** A DestinationRule with one subset a version. */
export function destinationRule(
  namespaceName: string,
  host: string,
  versions: readonly string[],
  trafficPolicy?: unknown,
): MeshObject {
  return object(ISTIO_NETWORKING, "DestinationRule", namespaceName, host, {
    host,
    ...(trafficPolicy !== undefined && { trafficPolicy }),
    subsets: versions.map((version) => ({ name: version, labels: { version } })),
  });
}

/** An HTTP route element that shares calls among subsets of one host: `{ v1: 90, v2: 10 }`. */
export function split(host: string, weights: Readonly<Record<string, number>>): { route: unknown[] } {
  return {
    route: Object.entries(weights).map(([subset, weight]) => ({ destination: { host, subset }, weight })),
  };
}

export function peerAuthentication(
  namespaceName: string,
  name: string,
  mode: "STRICT" | "PERMISSIVE" | "DISABLE",
  matchLabels?: Labels,
): MeshObject {
  return object(ISTIO_SECURITY, "PeerAuthentication", namespaceName, name, {
    ...(matchLabels && { selector: { matchLabels } }),
    mtls: { mode },
  });
}
