/** The kinds we read from a cluster, as the API server names them. Secrets are not among them. */
export type MeshKind = {
  readonly group: string;
  readonly kind: string;
  /** The name in URLs. */
  readonly plural: string;
  readonly namespaced: boolean;
};

function kinds(group: string, plurals: Readonly<Record<string, string>>, namespaced = true): MeshKind[] {
  return Object.entries(plurals).map(([kind, plural]) => ({ group, kind, plural, namespaced }));
}

const GATEWAY_API = "gateway.networking.k8s.io";

/** Every watched kind: what runs, what Istio reads, what the Gateway API adds. */
export const MESH_KINDS: readonly MeshKind[] = [
  ...kinds("", { Namespace: "namespaces" }, false),
  ...kinds("", { Pod: "pods", Service: "services", ServiceAccount: "serviceaccounts" }),
  ...kinds("discovery.k8s.io", { EndpointSlice: "endpointslices" }),
  ...kinds("apps", {
    Deployment: "deployments",
    ReplicaSet: "replicasets",
    StatefulSet: "statefulsets",
    DaemonSet: "daemonsets",
  }),
  ...kinds("batch", { Job: "jobs", CronJob: "cronjobs" }),
  ...kinds("networking.istio.io", {
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
  ...kinds("security.istio.io", {
    PeerAuthentication: "peerauthentications",
    RequestAuthentication: "requestauthentications",
    AuthorizationPolicy: "authorizationpolicies",
  }),
  ...kinds("telemetry.istio.io", { Telemetry: "telemetries" }),
  ...kinds("extensions.istio.io", { WasmPlugin: "wasmplugins" }),
  ...kinds(GATEWAY_API, { GatewayClass: "gatewayclasses" }, false),
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
];

/** Cluster-scoped kinds that turn up in manifests beside the watched ones. */
const CLUSTER_SCOPED: ReadonlySet<string> = new Set([
  ...MESH_KINDS.filter(({ namespaced }) => !namespaced).map(({ group, kind }) => `${group}/${kind}`),
  "/Node",
  "/PersistentVolume",
  "admissionregistration.k8s.io/MutatingWebhookConfiguration",
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
