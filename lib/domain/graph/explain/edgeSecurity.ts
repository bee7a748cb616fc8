/** Edges of which not all is mutual TLS, or nobody can tell. */
import { lockOf } from "../lock.ts";
import { type EdgeEnds, edgeFacts, hasNoProxy } from "./edgeEnds.ts";
import type { Explanation, Fact } from "./explanation.ts";
import { figure, listOf, nameOf, some } from "./words.ts";

/** Undefined when all of it is mutual TLS. */
export function explainSecurity(ends: EdgeEnds): Explanation | undefined {
  const { edge, clients, servers } = ends;
  const [from, to] = [listOf(clients.map(nameOf)), listOf(servers.map(nameOf))];
  const lock = lockOf(edge);
  if (lock === "full") return undefined;
  const pairs = edge.principals.map(
    (pair) =>
      `${pair.source || "no identity"} → ${pair.target || "no identity"}: ${figure(pair.trafficPercent)} % of the traffic, ${figure(pair.mtlsPercent)} % of it mutual TLS`,
  );
  const evidence = some<Fact>(
    edge.mtlsPercent !== undefined && { label: "Mutual TLS", value: `${figure(edge.mtlsPercent)} %` },
    pairs.length > 0 && { label: "Identities", value: [...pairs.slice(0, 3), ...more(pairs.length - 3)].join("; ") },
    lock === "unknown" && { label: "Label missing", value: `connection_security_policy="unknown"` },
    ...edgeFacts(ends),
  );
  const plain = listOf(clients.filter(hasNoProxy).map(nameOf));
  const plainCaller = clients.length > 0 && clients.every(hasNoProxy);
  switch (lock) {
    case "unknown":
      return {
        kind: "unknownTls",
        summary: "Nobody can tell whether these calls are mutual TLS.",
        evidence,
        causes: edge.reporters.every((reporter) => reporter === "source")
          ? ["Only clients report, and a client's proxy never says how the connection was secured."]
          : ["The label connection_security_policy is dropped before Prometheus stores the metrics."],
        remedies: servers.some(hasNoProxy)
          ? [`Without a proxy at ${to} the connection is not mutual TLS; bring it into the mesh.`]
          : ["Have the server's proxies scraped, with connection_security_policy kept."],
      };
    case "none":
      return {
        kind: "plaintext",
        summary: `All calls from ${from} to ${to} are plain text.`,
        evidence,
        causes: some(
          plainCaller && "The caller has no proxy, so it cannot speak mutual TLS.",
          !plainCaller && "A DestinationRule for the host sets tls mode DISABLE or SIMPLE at the caller.",
          !plainCaller && `PeerAuthentication is DISABLE for ${to} or its port, so callers use plain text.`,
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
        summary: `${figure(100 - (edge.mtlsPercent ?? 0))} % of the traffic from ${from} to ${to} is plain text.`,
        evidence,
        causes: some(
          plain !== "" && `Of several callers ${plain} runs no proxy, and calls in plain text.`,
          edge.principals.some((pair) => pair.source === "" && pair.mtlsPercent < 100) &&
            plain === "" &&
            "Some pods of the caller have no proxy: they started before injection was on, or opt out.",
          "Ports differ: a port-level PeerAuthentication or DestinationRule leaves one in plain text.",
          "The server is PERMISSIVE and takes both.",
        ),
        remedies: [
          `Find the callers without identity above, restart them with a proxy, then set PeerAuthentication to STRICT for ${to}.`,
        ],
      };
  }
}

function more(count: number): string[] {
  return count > 0 ? [`${count} more`] : [];
}
