/** Why an edge is told by one side only, and why it is not, or not known to be, mutual TLS. */
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import { neverArrived } from "#lib/domain/telemetry/responseFlags.ts";
import type { Graph, GraphEdge, GraphNode } from "../graph.ts";
import { lockOf } from "../lock.ts";
import { type Explanation, type Fact, type Scene, setScene } from "./explanation.ts";
import { figure, listOf, nameOf, rateOf, reportersOf, some } from "./words.ts";

/** What is odd about an edge, most telling first; [] when both sides report it and all of it is mutual TLS. */
export function explainEdge(edge: GraphEdge, graph: Graph, mesh: MeshNodes): Explanation[] {
  const scene = setScene(graph, mesh);
  const source = scene.node(edge.source);
  const target = scene.node(edge.target);
  if (source === undefined || target === undefined) return [];
  const ends: Ends = { edge, source, target, servers: scene.endsOf(target.id), scene };
  return some(explainReporters(ends), explainSecurity(ends));
}

type Ends = {
  readonly edge: GraphEdge;
  readonly source: GraphNode;
  readonly target: GraphNode;
  /** What the calls end at: the workloads behind a service. */
  readonly servers: readonly GraphNode[];
  readonly scene: Scene;
};

function explainReporters(ends: Ends): Explanation | undefined {
  const { edge, source, target } = ends;
  const evidence: Fact[] = [
    { label: "Traffic", value: rateOf([edge]) },
    { label: "Reported by", value: reportersOf([edge]) },
    { label: "Caller", value: proxyWords(source) },
    { label: "Called", value: proxyWords(target) },
  ];
  switch (edge.reporters.join()) {
    case "source":
      return {
        kind: "clientsOnly",
        summary: `Only the proxy of ${nameOf(source)} reports these calls; nothing at ${nameOf(target)} does.`,
        evidence,
        ...clientsOnlyReasons(ends),
      };
    case "destination":
      return {
        kind: "serversOnly",
        summary: `Only the proxy of ${nameOf(target)} reports these calls; nothing at ${nameOf(source)} does.`,
        evidence,
        ...serversOnlyReasons(ends),
      };
    case "ztunnel":
      return {
        kind: "tunnelOnly",
        summary: "Only ztunnels report this traffic: bytes and connections, no requests.",
        evidence,
        causes: [`No waypoint stands before ${nameOf(target)}, so nothing reads the requests inside the connections.`],
        remedies: [
          "For requests, codes and latencies give the namespace or service a waypoint (istio.io/use-waypoint).",
        ],
      };
    default:
      return undefined;
  }
}

type Reasons = Pick<Explanation, "causes" | "remedies">;

function clientsOnlyReasons({ edge, target, servers }: Ends): Reasons {
  const plain = servers.filter(({ flags }) => flags.includes("outOfMesh"));
  const isOutside = target.type === "serviceEntry" || target.type === "passthrough" || target.type === "blackhole";
  const lost =
    edge.protocol === "tcp"
      ? 0
      : edge.responses.reduce((sum, { flags, perSecond }) => (neverArrived(flags) ? sum + perSecond : sum), 0);
  const isLost = edge.protocol !== "tcp" && lost > edge.requestsPerSecond / 2;
  return {
    causes: some(
      isOutside && `${nameOf(target)} is outside the mesh: there is no proxy to report its side.`,
      plain.length > 0 && `${listOf(plain.map(nameOf))} runs no proxy.`,
      isLost && `${figure(lost)} requests/s never arrived: the caller's proxy ended them.`,
      servers.some(({ flags }) => flags.includes("dead")) &&
        "The called workload is gone, and its proxy's last metrics with it.",
      !isOutside &&
        plain.length === 0 &&
        "Prometheus does not scrape the server's proxies, or a Telemetry object turns their metrics off.",
    ),
    remedies: isOutside
      ? ["Nothing is wrong: what is shown is what the caller saw."]
      : some(
          plain.length > 0 && `Bring ${listOf(plain.map(nameOf))} into the mesh.`,
          isLost && `Look at why calls to ${nameOf(target)} end early.`,
          plain.length === 0 && !isLost && "Check that the server's pods are scraped (port 15020, /stats/prometheus).",
        ),
  };
}

function serversOnlyReasons({ source }: Ends): Reasons {
  const isUnknown = source.type === "unknown";
  const isPlain = source.flags.includes("outOfMesh");
  return {
    causes: some(
      isUnknown && "The caller has no proxy that could report or name it.",
      isPlain && `${nameOf(source)} runs no proxy.`,
      !isUnknown &&
        !isPlain &&
        "Prometheus does not scrape the caller's proxies, or a Telemetry object turns off metrics in mode CLIENT.",
      source.type === "gateway" && "The gateway's pods lack the scrape annotations that sidecars get.",
    ),
    remedies:
      isUnknown || isPlain
        ? ["Bring the caller into the mesh to see its side: failures that never reach the server show only there."]
        : [`Check that the pods of ${nameOf(source)} are scraped (port 15020, /stats/prometheus).`],
  };
}

function explainSecurity(ends: Ends): Explanation | undefined {
  const { edge, source, target, servers } = ends;
  const lock = lockOf(edge);
  if (lock === "full") return undefined;
  const pairs = edge.principals.map(
    (pair) =>
      `${pair.source || "no identity"} → ${pair.target || "no identity"}: ${figure(pair.trafficPercent)} % of the traffic, ${figure(pair.mtlsPercent)} % of it mutual TLS`,
  );
  const evidence = some<Fact>(
    edge.mtlsPercent !== undefined && { label: "Mutual TLS", value: `${figure(edge.mtlsPercent)} %` },
    pairs.length > 0 && { label: "Identities", value: pairs.slice(0, 3).join("; ") },
    lock === "unknown" && { label: "Label missing", value: `connection_security_policy="unknown"` },
    { label: "Reported by", value: reportersOf([edge]) },
    { label: "Caller", value: proxyWords(source) },
    { label: "Called", value: proxyWords(target) },
  );
  const plainCaller = source.type === "unknown" || source.flags.includes("outOfMesh");
  switch (lock) {
    case "unknown":
      return {
        kind: "unknownTls",
        summary: "Nobody can tell whether these calls are mutual TLS.",
        evidence,
        causes: edge.reporters.every((reporter) => reporter === "source")
          ? ["Only the client reports, and a client's proxy never says how the connection was secured."]
          : ["The label connection_security_policy is dropped before Prometheus stores the metrics."],
        remedies: servers.some(({ flags }) => flags.includes("outOfMesh"))
          ? [
              `Without a proxy at ${listOf(servers.map(nameOf))} the connection is not mutual TLS; bring it into the mesh.`,
            ]
          : ["Have the server's proxies scraped, with connection_security_policy kept."],
      };
    case "none":
      return {
        kind: "plaintext",
        summary: `All calls from ${nameOf(source)} to ${nameOf(target)} are plain text.`,
        evidence,
        causes: some(
          plainCaller && "The caller has no proxy, so it cannot speak mutual TLS.",
          !plainCaller && "A DestinationRule for the host sets tls mode DISABLE or SIMPLE at the caller.",
          !plainCaller &&
            `PeerAuthentication is DISABLE for ${listOf(servers.map(nameOf))} or its port, so callers use plain text.`,
          "The server accepts it because PeerAuthentication is not STRICT for this port.",
        ),
        remedies: some(
          plainCaller && "Bring the caller into the mesh.",
          !plainCaller && "Set the DestinationRule's tls mode to ISTIO_MUTUAL, or leave it out.",
          "Then set PeerAuthentication to STRICT.",
        ),
      };
    default:
      return {
        kind: "mixedTls",
        summary: `${figure(100 - (edge.mtlsPercent ?? 0))} % of the traffic from ${nameOf(source)} to ${nameOf(target)} is plain text.`,
        evidence,
        causes: some(
          source.type === "service" && "Several callers stand behind this edge, and some of them run no proxy.",
          edge.principals.some((pair) => pair.source === "" && pair.mtlsPercent < 100) &&
            "Some pods of the caller have no proxy: they started before injection was on, or opt out.",
          "Ports differ: a port-level PeerAuthentication or DestinationRule leaves one in plain text.",
          "The server is PERMISSIVE and takes both.",
        ),
        remedies: [
          `Find the callers without identity above, restart them with a proxy, then set PeerAuthentication to STRICT for ${listOf(servers.map(nameOf))}.`,
        ],
      };
  }
}

function proxyWords(node: GraphNode): string {
  const proxies = {
    sidecar: "with a sidecar",
    ambient: "ambient",
    proxy: "a proxy itself",
    none: "without a proxy",
  } as const;
  return node.mode === undefined ? nameOf(node) : `${nameOf(node)}, ${proxies[node.mode]}`;
}
