"use client";
import { Button } from "#components/ui/Button.tsx";
import type { NamespaceNode } from "#lib/domain/mesh/meshNodes.ts";
import { formatCount } from "#lib/format/quantity.ts";
import { HealthWord } from "../HealthMark.tsx";
import type { BoxFigures } from "./boxFigures.ts";
import { InspectorTitle } from "./InspectorTitle.tsx";
import { Fact, Facts, Reasons, Section } from "./parts.tsx";
import { TrafficTable } from "./TrafficTable.tsx";
import { Trends } from "./Trends.tsx";
import { totalsOf } from "./traffic.ts";
import { Unwell } from "./Unwell.tsx";

const MODE_WORDS = { sidecar: "Sidecar injection", ambient: "Ambient", none: "Not in the mesh" } as const;

/** One namespace, folded or open: what crosses its border, what is wrong inside, how its pods join the mesh. */
export function NamespaceInspector(props: {
  readonly cluster: string;
  readonly namespace: string;
  readonly configuration: NamespaceNode | undefined;
  readonly figures: BoxFigures;
  readonly folded: boolean;
  readonly asOf: number;
  readonly onSelect: (id: string) => void;
  readonly onToggle: () => void;
  readonly onOnly: () => void;
}) {
  const { figures, namespace } = props;
  const { workloads, services } = figures.counts;
  return (
    <>
      <InspectorTitle kind={["Namespace", props.cluster]} name={namespace}>
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
      <Unwell nodes={figures.nodes} onSelect={props.onSelect} />
      <Section title="Configuration">
        <Facts>
          <Fact name="Drawn">
            {formatCount(workloads)} workloads, {formatCount(services)} services
          </Fact>
          {props.configuration !== undefined && <Fact name="New pods">{MODE_WORDS[props.configuration.mode]}</Fact>}
          {props.configuration?.undiscovered && <Fact name="Discovery">Outside the mesh: no selector takes it</Fact>}
          {props.configuration?.revision !== undefined && <Fact name="Revision">{props.configuration.revision}</Fact>}
        </Facts>
      </Section>
      <Trends
        scope={{ kind: "namespaces", cluster: props.cluster, namespaces: [namespace] }}
        direction="inbound"
        asOf={props.asOf}
      />
    </>
  );
}
