/** Calls to a service that reached no workload, or one that nobody can name. */
import { neverArrived } from "#lib/domain/telemetry/responseFlags.ts";
import { flagRates } from "../edgeFlags.ts";
import type { GraphEdge, GraphNode } from "../graph.ts";
import { isolate } from "../isolate.ts";
import type { Explanation, Scene } from "./explanation.ts";
import { counterparties, figure, listOf, nameOf, rateOf, reportersOf, some } from "./words.ts";

type FlagSum = { readonly flag: string; perSecond: number; readonly codes: Set<string> };

/** Undefined when every call reached an endpoint. */
export function explainUnreached(node: GraphNode, scene: Scene): Explanation | undefined {
  const edges = scene.into(node.id);
  const flags = unreachedFlags(edges);
  const total = rateOfFlags(flags);
  if (total <= 0) return undefined;
  const told = flags.map(({ flag }) => FLAG_STORIES[flag]?.(node, scene)).filter((story) => story !== undefined);
  return {
    kind: "unreached",
    summary: `${figure(total)} requests/s to ${nameOf(node)} were ended by a proxy before any workload had them.`,
    evidence: some(
      {
        label: "Flags",
        value: flags
          .map(({ flag, perSecond, codes }) => `${flag} with ${listOf(codes)}: ${figure(perSecond)} requests/s`)
          .join("; "),
      },
      total > rateOfFlags(unreachedFlags(scene.outOf(node.id))) && {
        label: "Labels missing",
        value: `destination_workload="unknown"`,
      },
      { label: "Reported by", value: reportersOf(edges) },
      { label: "Callers", value: counterparties(edges, "source", scene.node) },
      { label: "Workloads selected", value: endpointWords(node, scene) },
    ),
    causes: told.flatMap(({ causes }) => causes),
    remedies: told.flatMap(({ remedies }) => remedies),
  };
}

/** Answered calls whose workload is not named: undefined when some workload is, or nothing was answered. */
export function explainNoWorkload(node: GraphNode, scene: Scene): Explanation | undefined {
  const edges = scene.into(node.id);
  const isNamed = scene.outOf(node.id).some((edge) => scene.node(edge.target)?.type !== "operation");
  const isClientsOnly = edges.length > 0 && edges.every(({ reporters }) => reporters.join() === "source");
  const answered = edges.some(
    (edge) => edge.protocol === "tcp" || edge.responses.some(({ flags }) => !neverArrived(flags)),
  );
  if (node.type !== "service" || isNamed || !isClientsOnly || !answered) return undefined;
  const service = scene.lookup.named(node.cluster, node.namespace, node.service ?? "");
  const plain = workloadsBehind(node, scene).filter(({ mode }) => mode === "none");
  return {
    kind: "noWorkload",
    summary: `${rateOf(edges)} to ${nameOf(node)} are answered, but nobody says by which workload.`,
    evidence: some(
      { label: "Labels missing", value: `destination_workload="unknown"` },
      { label: "Reported by", value: reportersOf(edges) },
      { label: "Callers", value: counterparties(edges, "source", scene.node) },
      { label: "Workloads selected", value: endpointWords(node, scene) },
    ),
    causes: some(
      plain.length > 0 &&
        `${listOf(plain.map(({ name }) => name))} behind it runs no proxy, so nothing on the server's side reports.`,
      service === undefined &&
        `${isolate(node.label)} is not a Service of the cluster: a host outside has no proxy to name it.`,
      service !== undefined &&
        service.workloads.length === 0 &&
        "The Service selects no workload that is known: its endpoints are kept by hand, or lie outside the cluster.",
      service !== undefined &&
        plain.length < service.workloads.length &&
        "The metrics of the server's proxies are not scraped, or its peer metadata does not arrive.",
    ),
    remedies: some(
      plain.length > 0 &&
        `Bring ${listOf(plain.map(({ name }) => name))} into the mesh to see its side, and to get mutual TLS.`,
      service === undefined && "A ServiceEntry tells the mesh that this host is meant to be outside.",
      service !== undefined && "Check that Prometheus scrapes the pods behind the Service (up{pod=…}).",
    ),
  };
}

function unreachedFlags(edges: readonly GraphEdge[]): FlagSum[] {
  const sums = new Map<string, FlagSum>();
  for (const { code, flag, perSecond } of edges.flatMap(flagRates)) {
    if (!neverArrived(flag)) continue;
    let sum = sums.get(flag);
    if (sum === undefined) sums.set(flag, (sum = { flag, perSecond: 0, codes: new Set() }));
    sum.perSecond += perSecond;
    sum.codes.add(code);
  }
  return [...sums.values()].sort((left, right) => right.perSecond - left.perSecond);
}

function rateOfFlags(flags: readonly FlagSum[]): number {
  return flags.reduce((sum, { perSecond }) => sum + perSecond, 0);
}

function workloadsBehind({ cluster, namespace, service = "" }: GraphNode, { lookup }: Scene) {
  const names = lookup.named(cluster, namespace, service)?.workloads ?? [];
  return names.flatMap((name) => lookup.workload(cluster, namespace, name) ?? []);
}

function endpointWords(node: GraphNode, scene: Scene): string {
  const behind = workloadsBehind(node, scene);
  if (behind.length === 0) return "none that is known";
  return listOf(
    behind.map(
      ({ name, availableReplicas, desiredReplicas }) => `${name} (${availableReplicas} of ${desiredReplicas} ready)`,
    ),
  );
}

type Story = { readonly causes: readonly string[]; readonly remedies: readonly string[] };

const FLAG_STORIES: Readonly<Record<string, (node: GraphNode, scene: Scene) => Story>> = {
  UH(node, scene) {
    const behind = workloadsBehind(node, scene);
    const available = behind.reduce((total, { availableReplicas }) => total + availableReplicas, 0);
    const isScaledDown = behind.length > 0 && behind.every(({ desiredReplicas }) => desiredReplicas === 0);
    const names = listOf(behind.map(({ name }) => name));
    const isKnown = scene.lookup.named(node.cluster, node.namespace, node.service ?? "") !== undefined;
    return {
      causes: some(
        isKnown &&
          behind.length === 0 &&
          `The selector of ${isolate(node.label)} matches no workload, so there is no endpoint (UH).`,
        isScaledDown && `${names} is scaled to zero, so there is no endpoint (UH).`,
        behind.length > 0 &&
          available === 0 &&
          !isScaledDown &&
          `No replica of ${names} is ready, so there is no healthy endpoint (UH).`,
        available > 0 &&
          (node.flags.includes("hasCircuitBreaker")
            ? "Outlier detection took the endpoints out after errors, though replicas are ready (UH)."
            : "Replicas are ready now: there were none for a part of the window, or those of the chosen subset are missing (UH)."),
        !isKnown && "There was no healthy endpoint (UH); the Service itself is not known here.",
      ),
      remedies: some(
        behind.length === 0 && "Compare the Service's selector with the labels of the pods it is meant for.",
        isScaledDown && `Scale ${names} up, or take the calls away.`,
        behind.length > 0 &&
          available === 0 &&
          !isScaledDown &&
          `Look at the pods of ${names}: events, readiness probe, image.`,
        available > 0 && "Look at outlierDetection and subsets of the DestinationRule for this host.",
      ),
    };
  },
  UF: (node, scene) => ({
    causes: [
      ...(unreachedFlags(scene.outOf(node.id)).some(({ flag }) => flag === "UF")
        ? ["The server's own proxy could not connect to its container (UF): nothing listens there, or it crashed."]
        : []),
      "The connection to the endpoint failed (UF): nothing listens on the target port, a NetworkPolicy blocks it, or client and server disagree about mutual TLS.",
    ],
    remedies: [
      "Compare the Service's targetPort with the port the container listens on, and the DestinationRule's tls mode with the server's PeerAuthentication.",
    ],
  }),
  NR: (node) => ({
    causes: [
      node.flags.includes("hasVirtualService")
        ? "No route of the VirtualService matches these calls (NR): there is no default route."
        : "The caller's proxy has no route for the host or port (NR): the port is not declared by the Service, or no gateway route matches.",
    ],
    remedies: ["Add a route without match as the last one, or declare the port in the Service."],
  }),
  NC: () => ({
    causes: ["A route leads to a host or subset that does not exist (NC): its DestinationRule has no such subset."],
    remedies: [
      "Compare the destinations of the VirtualService with the Services and the subsets of the DestinationRule.",
    ],
  }),
  UO: () => ({
    causes: ["The circuit breaker is open (UO): more calls at once than connectionPool allows."],
    remedies: [
      "Raise maxConnections or http1MaxPendingRequests of the DestinationRule, or add replicas, if the load is wanted.",
    ],
  }),
};
