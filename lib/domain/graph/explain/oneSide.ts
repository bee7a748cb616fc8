/** Edges that one side alone reports: usually the other has no proxy, or is not scraped. */
import { neverArrived } from "#lib/domain/telemetry/responseFlags.ts";
import { type EdgeEnds, edgeFacts, hasNoProxy } from "./edgeEnds.ts";
import type { Explanation } from "./explanation.ts";
import { figure, listOf, nameOf, some } from "./words.ts";

/** Undefined when both sides report, or a waypoint does. */
export function explainOneSide(ends: EdgeEnds): Explanation | undefined {
  const clients = listOf(ends.clients.map(nameOf));
  const servers = listOf(ends.servers.map(nameOf));
  const evidence = edgeFacts(ends);
  switch (ends.edge.reporters.join()) {
    case "source":
      return {
        kind: "clientsOnly",
        summary: `These calls are reported at ${clients} only, and not at ${servers}.`,
        evidence,
        ...clientsOnlyReasons(ends),
      };
    case "destination":
      return {
        kind: "serversOnly",
        summary: `These calls are reported at ${servers} only, and not at ${clients}.`,
        evidence,
        ...serversOnlyReasons(ends),
      };
    case "ztunnel":
      return {
        kind: "tunnelOnly",
        summary: "Only ztunnels report this traffic: bytes and connections, no requests.",
        evidence,
        causes: [`No waypoint stands before ${servers}, so nothing reads what is inside the connections.`],
        remedies: [
          "If requests go over them: a waypoint (istio.io/use-waypoint) gives codes and latencies. For plain TCP nothing is missing.",
        ],
      };
    default:
      return undefined;
  }
}

type Reasons = Pick<Explanation, "causes" | "remedies">;

function clientsOnlyReasons(ends: EdgeEnds): Reasons {
  const { edge, target, servers } = ends;
  const plain = listOf(servers.filter(hasNoProxy).map(nameOf));
  const isOutside = target.type === "serviceEntry" || target.type === "passthrough" || target.type === "blackhole";
  const areGateways = servers.every(({ type }) => type === "gateway");
  if (isOutside || areGateways) {
    return {
      causes: [
        isOutside
          ? `${nameOf(target)} is outside the mesh: there is no proxy to report its side.`
          : "Gateways report the calls they send on, and not those that arrive at them.",
      ],
      remedies: ["Nothing is wrong: what is shown is what the caller saw."],
    };
  }
  const lost = lostRequests(ends);
  const isLost = edge.protocol !== "tcp" && lost > edge.requestsPerSecond / 2;
  return {
    causes: some(
      plain !== "" && `${plain} runs no proxy.`,
      isLost && `${figure(lost)} requests/s never arrived: the caller's proxy ended them.`,
      servers.some(({ flags }) => flags.includes("dead")) &&
        "What was called is gone, and its proxy's last metrics with it.",
      plain === "" && "Prometheus does not scrape the server's proxies, or a Telemetry object turns their metrics off.",
    ),
    remedies: some(
      plain !== "" && `Bring ${plain} into the mesh.`,
      isLost && `Look at why calls to ${nameOf(target)} end early.`,
      plain === "" && !isLost && "Check that the server's pods are scraped (port 15020, /stats/prometheus).",
    ),
  };
}

function lostRequests({ edge }: EdgeEnds): number {
  if (edge.protocol === "tcp") return 0;
  return edge.responses.reduce((sum, { flags, perSecond }) => (neverArrived(flags) ? sum + perSecond : sum), 0);
}

function serversOnlyReasons({ clients }: EdgeEnds): Reasons {
  const isUnknown = clients.some(({ type }) => type === "unknown");
  const plain = listOf(clients.filter(({ flags }) => flags.includes("outOfMesh")).map(nameOf));
  const isExplained = isUnknown || plain !== "";
  return {
    causes: some(
      isUnknown && "The caller has no proxy that could report or name it.",
      plain !== "" && `${plain} runs no proxy.`,
      !isExplained &&
        "Prometheus does not scrape the caller's proxies, or a Telemetry object turns off metrics in mode CLIENT.",
      clients.some(({ type }) => type === "gateway") &&
        "The gateway's pods lack the scrape annotations that sidecars get.",
    ),
    remedies: isExplained
      ? ["Bring the caller into the mesh to see its side: failures that never reach the server show only there."]
      : [`Check that the pods of ${listOf(clients.map(nameOf))} are scraped (port 15020, /stats/prometheus).`],
  };
}
