"use client";
import type { GraphNode } from "#lib/domain/graph/graph.ts";
import { formatCount, formatPercent, formatRate } from "#lib/format/quantity.ts";
import { HealthWord } from "../HealthMark.tsx";
import { nodeName } from "../words.ts";
import type { BoxFigures } from "./boxFigures.ts";
import { InspectorTitle } from "./InspectorTitle.tsx";
import { type Member, MemberList } from "./MemberList.tsx";
import { Section } from "./parts.tsx";
import { TrafficTable } from "./TrafficTable.tsx";
import { Trends } from "./Trends.tsx";
import { totalsOf } from "./traffic.ts";
import { Unwell } from "./Unwell.tsx";

/** One app with all its versions: what crosses its border, and how they share it. */
export function AppInspector(props: {
  readonly cluster: string;
  readonly namespace: string;
  readonly app: string;
  readonly figures: BoxFigures;
  readonly asOf: number;
  readonly onSelect: (id: string) => void;
}) {
  const { cluster, namespace, app, figures } = props;
  return (
    <>
      <InspectorTitle kind={["App", namespace, cluster]} name={app}>
        <HealthWord health={figures.health} />
      </InspectorTitle>
      <Section title="Across its border">
        <TrafficTable inbound={totalsOf(figures.inbound)} outbound={totalsOf(figures.outbound)} />
      </Section>
      <Section title={`Versions (${formatCount(figures.nodes.length)})`}>
        <MemberList members={shares(figures.nodes)} onSelect={props.onSelect} />
      </Section>
      <Unwell nodes={figures.nodes} onSelect={props.onSelect} />
      <Trends scope={{ kind: "app", cluster, namespace, app }} direction="inbound" asOf={props.asOf} />
    </>
  );
}

/** Each version with its rate and its share of all requests, the busiest first. */
function shares(nodes: readonly GraphNode[]): readonly Member[] {
  const rateOf = (node: GraphNode) => totalsOf(node.inbound).requestsPerSecond;
  const all = nodes.reduce((sum, node) => sum + rateOf(node), 0);
  return [...nodes]
    .sort((left, right) => rateOf(right) - rateOf(left))
    .map((node) => ({
      id: node.id,
      name: nodeName(node),
      health: node.health,
      figures: all > 0 && `${formatRate(rateOf(node))} · ${formatPercent((100 * rateOf(node)) / all)}`,
    }));
}
