/** The kinds we read from a cluster, as the API server names them. Secrets are not among them. */
export type MeshKind = {
  readonly group: string;
  readonly kind: string;
  /** The name in URLs. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Whose kind it is: what runs, and the configuration of which mesh. */
  readonly family: "core" | "istio" | "gateway-api" | "argo" | "linkerd";
  /** Read in the control plane's namespaces alone, whatever else is watched. */
  readonly where?: "control-plane";
};

type Origin = Pick<MeshKind, "group" | "family" | "where"> & { readonly clusterScoped?: true };

function kinds({ clusterScoped, ...origin }: Origin, plurals: Readonly<Record<string, string>>): MeshKind[] {
  return Object.entries(plurals).map(([kind, plural]) => ({ ...origin, kind, plural, namespaced: !clusterScoped }));
}

function core(group: string, plurals: Readonly<Record<string, string>>): MeshKind[] {
  return kinds({ group, family: "core" }, plurals);
}

function istio(group: string, plurals: Readonly<Record<string, string>>): MeshKind[] {
  return kinds({ group: `${group}.istio.io`, family: "istio" }, plurals);
}

/** @see https://linkerd.io/2/reference/ */
function linkerd(group: string, plurals: Readonly<Record<string, string>>): MeshKind[] {
  return kinds({ group, family: "linkerd" }, plurals);
}

const GATEWAY_API = { group: "gateway.networking.k8s.io", family: "gateway-api" } as const;

/** Every watched kind: what runs, what Istio reads, what the Gateway API adds, and what else configures a mesh. */
export const MESH_KINDS: readonly MeshKind[] = [
  ...kinds({ group: "", family: "core", clusterScoped: true }, { Namespace: "namespaces", Node: "nodes" }),
  ...core("", { Pod: "pods", Service: "services", ServiceAccount: "serviceaccounts" }),
  // Mesh configuration and injector; ConfigMaps elsewhere are not ours to read.
  ...kinds({ group: "", family: "core", where: "control-plane" }, { ConfigMap: "configmaps" }),
  ...core("discovery.k8s.io", { EndpointSlice: "endpointslices" }),
  ...core("apps", {
    Deployment: "deployments",
    ReplicaSet: "replicasets",
    StatefulSet: "statefulsets",
    DaemonSet: "daemonsets",
  }),
  ...core("batch", { Job: "jobs", CronJob: "cronjobs" }),
  ...kinds(
    { group: "admissionregistration.k8s.io", family: "core", clusterScoped: true },
    { MutatingWebhookConfiguration: "mutatingwebhookconfigurations" },
  ),
  ...kinds({ group: "argoproj.io", family: "argo" }, { Rollout: "rollouts" }),
  ...istio("networking", {
    VirtualService: "virtualservices",
    DestinationRule: "destinationrules",
    Gateway: "gateways",
    ServiceEntry: "serviceentries",
    Sidecar: "sidecars",
    WorkloadEntry: "workloadentries",
    WorkloadGroup: "workloadgroups",
    EnvoyFilter: "envoyfilters",
    ProxyConfig: "proxyconfigs",
  }),
  ...istio("security", {
    PeerAuthentication: "peerauthentications",
    RequestAuthentication: "requestauthentications",
    AuthorizationPolicy: "authorizationpolicies",
  }),
  ...istio("telemetry", { Telemetry: "telemetries" }),
  ...istio("extensions", { WasmPlugin: "wasmplugins", TrafficExtension: "trafficextensions" }),
  ...kinds({ ...GATEWAY_API, clusterScoped: true }, { GatewayClass: "gatewayclasses" }),
  ...kinds(GATEWAY_API, {
    Gateway: "gateways",
    ListenerSet: "listenersets",
    HTTPRoute: "httproutes",
    GRPCRoute: "grpcroutes",
    TLSRoute: "tlsroutes",
    TCPRoute: "tcproutes",
    UDPRoute: "udproutes",
    ReferenceGrant: "referencegrants",
    BackendTLSPolicy: "backendtlspolicies",
  }),
  ...kinds({ group: "inference.networking.k8s.io", family: "gateway-api" }, { InferencePool: "inferencepools" }),
  ...linkerd("linkerd.io", { ServiceProfile: "serviceprofiles" }),
  ...linkerd("policy.linkerd.io", {
    Server: "servers",
    ServerAuthorization: "serverauthorizations",
    AuthorizationPolicy: "authorizationpolicies",
    MeshTLSAuthentication: "meshtlsauthentications",
    NetworkAuthentication: "networkauthentications",
    HTTPRoute: "httproutes",
    HTTPLocalRateLimitPolicy: "httplocalratelimitpolicies",
    EgressNetwork: "egressnetworks",
  }),
  ...linkerd("multicluster.linkerd.io", { Link: "links" }),
  ...linkerd("workload.linkerd.io", { ExternalWorkload: "externalworkloads" }),
];

/** Cluster-scoped kinds that turn up in manifests beside the watched ones. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  ...MESH_KINDS.filter(({ namespaced }) => !namespaced).map(({ group, kind }) => `${group}/${kind}`),
  "/PersistentVolume",
  "admissionregistration.k8s.io/ValidatingWebhookConfiguration",
  "apiextensions.k8s.io/CustomResourceDefinition",
  "apiregistration.k8s.io/APIService",
  "networking.k8s.io/IngressClass",
  "rbac.authorization.k8s.io/ClusterRole",
  "rbac.authorization.k8s.io/ClusterRoleBinding",
  "scheduling.k8s.io/PriorityClass",
  "storage.k8s.io/StorageClass",
]);

/** Whether objects of the kind live outside every namespace. Kinds we do not know are taken as namespaced. */
export function isClusterScoped(kind: { readonly group: string; readonly kind: string }): boolean {
  return CLUSTER_SCOPED.has(`${kind.group}/${kind.kind}`);
}
