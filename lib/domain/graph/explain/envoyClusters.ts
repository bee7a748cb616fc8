/** PassthroughCluster and BlackHoleCluster: calls to what the mesh does not know, let through or refused. */
import type { GraphNode } from "../graph.ts";
import { mayUse } from "../serviceEntries.ts";
import type { Explanation, Scene } from "./explanation.ts";
import { counterparties, listOf, nameOf, rateOf, reportersOf, some } from "./words.ts";

export function explainEnvoyCluster(node: GraphNode, scene: Scene): Explanation {
  const isPassthrough = node.type === "passthrough";
  const edges = scene.into(node.id);
  const hosts = node.hosts ?? [];
  const callers = edges.flatMap(({ source }) => scene.node(source) ?? []);
  const withheld = withheldEntries(hosts, callers, scene);
  const names = listOf(hosts);
  const wanted = hosts.length === 0 ? "the hosts called" : names;
  return {
    kind: isPassthrough ? "passthrough" : "blackhole",
    summary: isPassthrough
      ? `${rateOf(edges)} leave the mesh for hosts it does not know.`
      : `${rateOf(edges)} to hosts the mesh does not know were refused.`,
    evidence: some(
      { label: "Label", value: `destination_service_name="${node.label}"` },
      { label: "Reported by", value: reportersOf(edges) },
      { label: "Callers", value: counterparties(edges, "source", scene.node) },
      {
        label: "Hosts",
        value: hosts.length === 0 ? "none reported: the connections were not HTTP, or the label is dropped" : names,
      },
      withheld.length > 0 && { label: "Entries the callers may not use", value: listOf(withheld) },
    ),
    causes: some(
      withheld.length > 0 &&
        `A ServiceEntry for the host exists, but its exportTo leaves the callers' namespace out: ${listOf(withheld)}.`,
      hosts.length > 0
        ? `No Service or ServiceEntry that the callers see names ${names}.`
        : "Connections to an address that no Service or ServiceEntry stands for: a pod's IP, a database outside, a cloud API.",
      "A Sidecar object of the callers' namespace does not import the host (egress.hosts).",
      isPassthrough
        ? "outboundTrafficPolicy is ALLOW_ANY (the default), so unknown hosts are let through."
        : "outboundTrafficPolicy is REGISTRY_ONLY, so unknown hosts are refused.",
    ),
    remedies: some(
      withheld.length > 0 &&
        `Add ${listOf(callers.map(({ namespace }) => namespace))} to the exportTo of ${listOf(withheld)}.`,
      `Declare ${wanted} in a ServiceEntry: the calls get a name, metrics, timeouts and policy.`,
      isPassthrough
        ? "To refuse what is not declared, set outboundTrafficPolicy to REGISTRY_ONLY once nothing wanted arrives here."
        : `If ${listOf(callers.map(nameOf))} should not call it, correct the callers: every call here fails.`,
    ),
  };
}

/** Entries that name a host called here and are not exported to those who called. */
function withheldEntries(hosts: readonly string[], callers: readonly GraphNode[], scene: Scene): string[] {
  return callers.flatMap(({ cluster, namespace }) =>
    hosts.flatMap((host) => {
      const entry = scene.lookup.entries.forHost(cluster, host, "");
      return entry === undefined || mayUse(entry, namespace) ? [] : [`${entry.name} in ${entry.namespace}`];
    }),
  );
}
