"use client";
import { type ReactNode, useMemo } from "react";
import { explainNode } from "#lib/domain/graph/explain/explainNode.ts";
import type { Graph, GraphNode } from "#lib/domain/graph/graph.ts";
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import { formatCount, formatMilliseconds, formatPercent } from "#lib/format/quantity.ts";
import { HealthWord } from "../HealthMark.tsx";
import { FLAG_WORDS, nodeName, nodeTypeWord } from "../words.ts";
import { Explanations } from "./Explanations.tsx";
import { endScope } from "./endScope.ts";
import { InspectorTitle } from "./InspectorTitle.tsx";
import { Neighbours } from "./Neighbours.tsx";
import { Fact, Facts, firstRows, MoreRows, Reasons, Section } from "./parts.tsx";
import { Responses } from "./Responses.tsx";
import { TrafficTable } from "./TrafficTable.tsx";
import { Trends } from "./Trends.tsx";
import { lowestMtls, meanLatency, sumResponses, totalsOf } from "./traffic.ts";

const MODE_WORDS = { sidecar: "Sidecar", ambient: "Ambient", proxy: "Is a proxy", none: "No proxy" } as const;

/** Everything the map knows of one node. */
export function NodeInspector(props: {
  readonly node: GraphNode;
  readonly graph: Graph;
  readonly mesh: MeshNodes;
  readonly asOf: number;
  readonly onSelect: (id: string) => void;
  readonly actions: ReactNode;
}) {
  const { node, graph, mesh } = props;
  const inbound = graph.edges.filter((edge) => edge.target === node.id);
  const outbound = graph.edges.filter((edge) => edge.source === node.id);
  const nodes = new Map(graph.nodes.map((other) => [other.id, other]));
  const inTotals = totalsOf(node.inbound);
  const responses = sumResponses(inbound);
  const scope = endScope(node);
  const explanations = useMemo(() => explainNode(node, graph, mesh), [node, graph, mesh]);
  const mtls = lowestMtls(inbound);
  return (
    <>
      <InspectorTitle kind={[nodeTypeWord(node), node.namespace]} name={nodeName(node)}>
        <HealthWord health={node.health} />
        <Reasons reasons={node.reasons} />
        {props.actions}
      </InspectorTitle>
      <Explanations explanations={explanations} />
      <Section title="Traffic">
        <TrafficTable inbound={inTotals} outbound={totalsOf(node.outbound)} />
        <div className="mt-2">
          <Facts>
            {inTotals.requestsPerSecond > 0 && (
              <Fact name="Mean latency">{formatMilliseconds(meanLatency(inbound))}</Fact>
            )}
            {inbound.length > 0 && (
              <Fact name="mTLS in" bad={mtls !== undefined && mtls < 100}>
                {mtls === undefined
                  ? "not reported"
                  : mtls === 100
                    ? "all callers"
                    : `lowest caller ${formatPercent(mtls)}`}
              </Fact>
            )}
          </Facts>
        </div>
      </Section>
      {responses.length > 0 && (
        <Section title="Responses to callers">
          <Responses rows={responses} />
        </Section>
      )}
      {inbound.length > 0 && (
        <Section title={`Callers (${formatCount(inbound.length)})`}>
          <Neighbours edges={inbound} far={(edge) => nodes.get(edge.source)} onSelect={props.onSelect} />
        </Section>
      )}
      {outbound.length > 0 && (
        <Section title={`Calls (${formatCount(outbound.length)})`}>
          <Neighbours edges={outbound} far={(edge) => nodes.get(edge.target)} onSelect={props.onSelect} />
        </Section>
      )}
      <Section title="Configuration">
        <NodeFacts node={node} />
      </Section>
      {scope !== undefined && (
        <Trends
          scope={scope}
          direction={inbound.length === 0 && outbound.length > 0 ? "outbound" : "inbound"}
          asOf={props.asOf}
        />
      )}
    </>
  );
}

function NodeFacts({ node }: { readonly node: GraphNode }) {
  return (
    <Facts>
      {node.workload !== undefined && <Fact name="Workload">{node.workload}</Fact>}
      {node.service !== undefined && <Fact name="Service">{node.service}</Fact>}
      {node.app !== undefined && <Fact name="App">{node.app}</Fact>}
      {node.version !== undefined && <Fact name="Version">{node.version}</Fact>}
      {node.replicas !== undefined && (
        <Fact name="Replicas" bad={node.replicas.available < node.replicas.desired}>
          {formatCount(node.replicas.available)} of {formatCount(node.replicas.desired)} available
        </Fact>
      )}
      {node.mode !== undefined && <Fact name="Proxy">{MODE_WORDS[node.mode]}</Fact>}
      {node.proxies !== undefined && (
        <Fact name="Configuration" bad={node.proxies.synced < node.proxies.total}>
          {formatCount(node.proxies.synced)} of {formatCount(node.proxies.total)} proxies have the newest
        </Fact>
      )}
      {node.hosts !== undefined && (
        <Fact name="Hosts">
          <ul>
            {firstRows(node.hosts).map((host) => (
              <li key={host} className="font-mono text-12 break-all">
                {host}
              </li>
            ))}
          </ul>
          <MoreRows rows={node.hosts} />
        </Fact>
      )}
      {node.flags.length > 0 && (
        <Fact name="Notes">
          <ul>
            {node.flags.map((flag) => (
              <li key={flag}>{FLAG_WORDS[flag]}</li>
            ))}
          </ul>
        </Fact>
      )}
      {node.cluster !== "" && <Fact name="Cluster">{node.cluster}</Fact>}
    </Facts>
  );
}
