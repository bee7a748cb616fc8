/**
 * The caller nobody knows: a server's proxy counted calls whose client sent no peer metadata.
 *
 *   ? ─▶ web        source_workload="unknown", reported by web's proxy alone
 */
import type { GraphEdge, GraphNode, RequestEdge } from "../graph.ts";
import { lockOf } from "../lock.ts";
import type { Explanation, Scene } from "./explanation.ts";
import { counterparties, listOf, nameOf, rateOf, reportersOf, some } from "./words.ts";

export function explainUnknownCaller(node: GraphNode, scene: Scene): Explanation {
  const edges = scene.outOf(node.id);
  const ends = edges.flatMap(({ target }) => scene.endsOf(target));
  const locks = new Set(edges.map(lockOf));
  const identities = edges
    .flatMap(({ principals }) => principals.map(({ source }) => source))
    .filter((id) => id !== "");
  const suspects = withoutProxy(node, ends, scene);
  const gateways = ends.filter(({ type }) => type === "gateway");
  const isPlain = locks.has("none") || locks.has("partial");

  return {
    kind: "unknownCaller",
    summary: `${rateOf(edges)} arrive in cluster ${node.cluster} from callers that no proxy names.`,
    evidence: some(
      { label: "Labels missing", value: `source_workload="unknown", source_canonical_service="unknown"` },
      { label: "Reported by", value: reportersOf(edges) },
      { label: "Called", value: counterparties(edges, "target", scene.node) },
      identities.length > 0 && { label: "Identities of the callers", value: listOf(identities) },
      { label: "Connections", value: securityWords(locks) },
      suspects.length > 0 && { label: "Workloads without a proxy", value: listOf(suspects) },
    ),
    causes: some(
      ends.length > 0 && gateways.length === ends.length
        ? `Clients outside the mesh call ${listOf(gateways.map(nameOf))}: nothing at their side could name them. For a gateway this is normal.`
        : undefined,
      identities.length > 0 &&
        `The callers hold an identity (${listOf(identities)}) but sent no peer metadata: they belong to another mesh or reach it through an east-west gateway.`,
      isPlain &&
        edges.every((edge) => looksLikeProbe(edge, scene)) &&
        "Health checks of kubelets or load balancers: few calls, all answered, in plain text and straight to the pod.",
      isPlain &&
        (suspects.length > 0
          ? `A workload without a proxy calls in plain text: ${listOf(suspects)} could.`
          : "The callers have no sidecar and are not ambient, so they call in plain text and send no metadata."),
      !isPlain &&
        identities.length === 0 &&
        "The source labels are dropped before Prometheus stores them, by a Telemetry object or by relabelling.",
      isPlain &&
        gateways.length < ends.length &&
        "An ingress controller or machine outside the mesh calls pods directly, past the mesh's own gateway.",
    ),
    remedies: some(
      suspects.length > 0 &&
        `Bring the caller into the mesh: label its namespace istio-injection=enabled or istio.io/dataplane-mode=ambient, and restart its pods.`,
      isPlain &&
        `Set PeerAuthentication to STRICT for ${listOf(ends.map(nameOf))} once all known callers are in the mesh: calls in plain text then fail, and name themselves in the callers' logs.`,
      isPlain &&
        "For health checks leave probe rewriting on (sidecar.istio.io/rewriteAppHTTPProbers), which keeps them out of the metrics.",
      !isPlain &&
        "Keep source_workload, source_workload_namespace and source_canonical_service when metrics are relabelled.",
    ),
  };
}

function securityWords(locks: ReadonlySet<ReturnType<typeof lockOf>>): string {
  if (locks.has("none") && locks.size === 1) return "plain text, no mutual TLS";
  if (locks.has("full") && locks.size === 1) return "mutual TLS";
  if (locks.has("unknown") && locks.size === 1) return "not reported";
  return "partly plain text";
}

/** Workloads of the cluster that could be the caller: those without a proxy, nearest namespaces first. */
function withoutProxy({ cluster }: GraphNode, ends: readonly GraphNode[], { mesh }: Scene): string[] {
  const near = new Set(ends.map(({ namespace }) => namespace));
  return mesh.workloads
    .filter((workload) => workload.cluster === cluster && workload.mode === "none" && workload.role === "workload")
    .sort((left, right) => Number(near.has(right.namespace)) - Number(near.has(left.namespace)))
    .map(({ name, namespace }) => `${name} in ${namespace}`);
}

/** A probe comes every few seconds for each pod: half a call a second and replica is already often. */
const PROBES_PER_REPLICA = 0.5;

function looksLikeProbe(edge: GraphEdge, scene: Scene): edge is RequestEdge {
  if (edge.protocol === "tcp" || edge.errorsPerSecond > 0) return false;
  const replicas = scene.endsOf(edge.target).reduce((total, end) => total + (end.replicas?.available ?? 1), 0);
  return edge.requestsPerSecond <= PROBES_PER_REPLICA * Math.max(1, replicas);
}
