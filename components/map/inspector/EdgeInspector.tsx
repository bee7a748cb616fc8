"use client";
import { ArrowRight } from "lucide-react";
import { useMemo } from "react";
import { explainEdge } from "#lib/domain/graph/explain/explainEdge.ts";
import type { Graph, GraphEdge, GraphNode } from "#lib/domain/graph/graph.ts";
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import { ABSENT, formatBytesRate, formatMilliseconds, formatPercent, formatRate } from "#lib/format/quantity.ts";
import { HealthWord } from "../HealthMark.tsx";
import { explainReporters } from "../telemetryWords.ts";
import { nodeName, protocolWord } from "../words.ts";
import { Explanations } from "./Explanations.tsx";
import { endScope } from "./endScope.ts";
import { Hosts } from "./Hosts.tsx";
import { InspectorTitle } from "./InspectorTitle.tsx";
import { Principals } from "./Principals.tsx";
import { Fact, Facts, Reasons, Section } from "./parts.tsx";
import { Responses } from "./Responses.tsx";
import { Trends } from "./Trends.tsx";
import { sumResponses } from "./traffic.ts";

/** Everything the map knows of the calls between two nodes. */
export function EdgeInspector(props: {
  readonly edge: GraphEdge;
  readonly source: GraphNode;
  readonly target: GraphNode;
  readonly graph: Graph;
  readonly mesh: MeshNodes;
  readonly asOf: number;
  readonly onSelect: (id: string) => void;
}) {
  const { edge, source, target, graph, mesh } = props;
  const explanations = useMemo(() => explainEdge(edge, graph, mesh), [edge, graph, mesh]);
  const from = endScope(source);
  const to = endScope(target);
  return (
    <>
      <InspectorTitle kind={[`${protocolWord(edge)} calls`]} name={`${nodeName(source)} → ${nodeName(target)}`}>
        <HealthWord health={edge.health} />
        <Reasons reasons={edge.reasons} />
      </InspectorTitle>
      <Section title="Ends">
        <div className="flex items-center gap-2">
          <End node={source} onSelect={props.onSelect} />
          <ArrowRight aria-hidden size={14} className="shrink-0 text-ink-3" />
          <End node={target} onSelect={props.onSelect} />
        </div>
      </Section>
      <Section title="Traffic">
        <Facts>
          {edge.protocol === "tcp" ? (
            <>
              <Fact name="To the server">{formatBytesRate(edge.receivedBytesPerSecond)}</Fact>
              <Fact name="From it">{formatBytesRate(edge.sentBytesPerSecond)}</Fact>
              <Fact name="Connections">{formatRate(edge.connectionsOpenedPerSecond, "opened/s")}</Fact>
            </>
          ) : (
            <>
              <Fact name="Requests">{formatRate(edge.requestsPerSecond)}</Fact>
              <Fact name="Errors" bad={edge.errorsPerSecond > 0}>
                {formatPercent(edge.errorPercent)}
                {edge.errorsPerSecond > 0 && ` · ${formatRate(edge.errorsPerSecond)}`}
              </Fact>
              <Fact name="Client errors">{formatRate(edge.clientErrorsPerSecond)}</Fact>
            </>
          )}
          {edge.protocol !== "tcp" && edge.throughput !== undefined && (
            <>
              <Fact name="Request bytes">{formatBytesRate(edge.throughput.requestBytesPerSecond)}</Fact>
              <Fact name="Response bytes">{formatBytesRate(edge.throughput.responseBytesPerSecond)}</Fact>
            </>
          )}
          {edge.protocol !== "tcp" && edge.messages !== undefined && (
            <>
              <Fact name="Messages sent">{formatRate(edge.messages.sentPerSecond, "mps")}</Fact>
              <Fact name="Received">{formatRate(edge.messages.receivedPerSecond, "mps")}</Fact>
            </>
          )}
          <Fact name="Reported by">{explainReporters(edge.reporters)}</Fact>
        </Facts>
      </Section>
      <Section title="Mutual TLS">
        <Principals edge={edge} />
      </Section>
      {edge.protocol !== "tcp" && (
        <>
          <Section title="Latency">
            <dl className="grid grid-cols-4 gap-2">
              <Percentile name="mean" value={edge.latency?.average} />
              <Percentile name="p50" value={edge.latency?.p50} />
              <Percentile name="p95" value={edge.latency?.p95} />
              <Percentile name="p99" value={edge.latency?.p99} />
            </dl>
            {edge.latency === undefined && (
              <p className="mt-1 text-12 text-ink-3">{ABSENT} not measured, or on its way</p>
            )}
          </Section>
          <Section title="Responses">
            <Responses rows={sumResponses([edge])} />
          </Section>
          <Hosts edge={edge} />
        </>
      )}
      <Explanations explanations={explanations} />
      {from !== undefined && to !== undefined && (
        <Trends scope={{ kind: "edge", from, to }} direction="inbound" asOf={props.asOf} />
      )}
    </>
  );
}

function Percentile({ name, value }: { readonly name: string; readonly value: number | undefined }) {
  return (
    <div>
      <dt className="text-12 text-ink-3">{name}</dt>
      <dd className="whitespace-nowrap">{formatMilliseconds(value)}</dd>
    </div>
  );
}

function End({ node, onSelect }: { readonly node: GraphNode; readonly onSelect: (id: string) => void }) {
  return (
    <button type="button" onClick={() => onSelect(node.id)} className="min-w-0 truncate text-accent hover:underline">
      {nodeName(node)}
    </button>
  );
}
