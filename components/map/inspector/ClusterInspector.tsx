"use client";
import { Button } from "#components/ui/Button.tsx";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { groupGraph } from "#lib/domain/graph/group.ts";
import { formatCount, formatRate } from "#lib/format/quantity.ts";
import { HealthWord } from "../HealthMark.tsx";
import type { BoxFigures } from "./boxFigures.ts";
import { InspectorTitle } from "./InspectorTitle.tsx";
import { type Member, MemberList } from "./MemberList.tsx";
import { Fact, Facts, Reasons, Section } from "./parts.tsx";
import { TrafficTable } from "./TrafficTable.tsx";
import { Trends } from "./Trends.tsx";
import { totalsOf } from "./traffic.ts";
import { Unwell } from "./Unwell.tsx";

/** One cluster, folded or open: what crosses its border, what is wrong inside, its namespaces. */
export function ClusterInspector(props: {
  readonly cluster: string;
  readonly figures: BoxFigures;
  readonly graph: Graph;
  readonly folded: boolean;
  readonly asOf: number;
  readonly onSelect: (id: string) => void;
  readonly onToggle: () => void;
  readonly onOnly: () => void;
}) {
  const { cluster, figures } = props;
  const { workloads, services } = figures.counts;
  const namespaces = namespacesOf(props.graph, cluster);
  return (
    <>
      <InspectorTitle kind={["Cluster"]} name={cluster}>
        <HealthWord health={figures.health} />
        <Reasons reasons={figures.reasons.slice(0, 6)} />
        <div className="mt-3 flex gap-2">
          <Button onClick={props.onToggle}>{props.folded ? "Unfold" : "Fold"}</Button>
          <Button onClick={props.onOnly}>Show only this</Button>
        </div>
      </InspectorTitle>
      <Section title="Across its border">
        <TrafficTable inbound={totalsOf(figures.inbound)} outbound={totalsOf(figures.outbound)} />
      </Section>
      <Unwell nodes={figures.nodes.filter(({ type }) => type !== "box")} onSelect={props.onSelect} />
      <Section title="Inside">
        <Facts>
          <Fact name="Drawn">
            {formatCount(workloads)} workloads, {formatCount(services)} services
          </Fact>
        </Facts>
        {namespaces.length > 0 && <MemberList members={namespaces} onSelect={props.onSelect} />}
      </Section>
      <Trends scope={{ kind: "cluster", cluster }} direction="inbound" asOf={props.asOf} />
    </>
  );
}

/** Namespaces of a cluster, open and folded, with what enters them. */
function namespacesOf(graph: Graph, cluster: string): readonly Member[] {
  const open = [...groupGraph(graph, new Set(["namespace"])).groups.values()];
  const folded = graph.nodes.filter(({ type, namespace }) => type === "box" && namespace !== "");
  return [...open, ...folded]
    .filter((box) => box.cluster === cluster)
    .sort((left, right) => (left.namespace < right.namespace ? -1 : 1))
    .map(({ id, namespace, health, inbound }) => {
      const { requestsPerSecond } = totalsOf(inbound);
      const figures = requestsPerSecond > 0 ? `in ${formatRate(requestsPerSecond)}` : undefined;
      return { id, name: namespace, health, figures };
    });
}
