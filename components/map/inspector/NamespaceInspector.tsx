"use client";
import { Button } from "#components/ui/Button.tsx";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { HEALTH_ORDER, type Health, worseHealth } from "#lib/domain/health/health.ts";
import type { NamespaceNode } from "#lib/domain/mesh/meshNodes.ts";
import { formatCount } from "#lib/format/quantity.ts";
import { boxOf } from "../foldPlan.ts";
import { HealthMark, HealthWord } from "../HealthMark.tsx";
import { HEALTH_WORDS, nodeName } from "../words.ts";
import { InspectorTitle } from "./InspectorTitle.tsx";
import { Fact, Facts, Reasons, Section } from "./parts.tsx";
import { TrafficTable } from "./TrafficTable.tsx";
import { Trends } from "./Trends.tsx";
import { borderEdges, sumEdges } from "./traffic.ts";

const MODE_WORDS = { sidecar: "Sidecar injection", ambient: "Ambient", none: "Not in the mesh" } as const;

/** One namespace, folded or open: what crosses its border, what is wrong inside, how its pods join the mesh. */
export function NamespaceInspector(props: {
  readonly box: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly configuration: NamespaceNode | undefined;
  readonly graph: Graph;
  readonly folded: boolean;
  readonly asOf: number;
  readonly onSelect: (id: string) => void;
  readonly onToggle: () => void;
  readonly onOnly: () => void;
}) {
  const { graph, box, namespace } = props;
  const members = graph.nodes.filter((node) => boxOf(node) === box);
  const health = members.reduce<Health>((worst, node) => worseHealth(worst, node.health), "unknown");
  const { inbound, outbound } = borderEdges(graph, box);
  const folded = members.find((node) => node.type === "box");
  const unwell = members
    .filter((node) => node.type !== "box" && node.reasons.length > 0)
    .sort((left, right) => HEALTH_ORDER.indexOf(right.health) - HEALTH_ORDER.indexOf(left.health));
  const counts = folded?.members ?? {
    workloads: members.filter((node) => node.type !== "service" && node.type !== "serviceEntry").length,
    services: members.filter((node) => node.type === "service" || node.type === "serviceEntry").length,
  };
  return (
    <>
      <InspectorTitle kind={["Namespace", props.cluster]} name={namespace}>
        <HealthWord health={health} />
        {folded !== undefined && <Reasons reasons={folded.reasons.slice(0, 6)} />}
        <div className="mt-3 flex gap-2">
          <Button onClick={props.onToggle}>{props.folded ? "Unfold" : "Fold"}</Button>
          <Button onClick={props.onOnly}>Show only this</Button>
        </div>
      </InspectorTitle>
      <Section title="Across its border">
        <TrafficTable inbound={sumEdges(inbound)} outbound={sumEdges(outbound)} />
      </Section>
      {unwell.length > 0 && (
        <Section title="Needs attention">
          <ul className="-mx-2">
            {unwell.map((node) => (
              <li key={node.id}>
                <button
                  type="button"
                  onClick={() => props.onSelect(node.id)}
                  className="flex h-8 w-full items-center gap-2 rounded-sm px-2 text-left hover:bg-raised hover:text-accent"
                >
                  <HealthMark health={node.health} />
                  <span className="truncate">{nodeName(node)}</span>
                  <span className="sr-only">, {HEALTH_WORDS[node.health]}</span>
                </button>
              </li>
            ))}
          </ul>
        </Section>
      )}
      <Section title="Configuration">
        <Facts>
          <Fact name="Drawn">
            {formatCount(counts.workloads)} workloads, {formatCount(counts.services)} services
          </Fact>
          {props.configuration !== undefined && <Fact name="New pods">{MODE_WORDS[props.configuration.mode]}</Fact>}
          {props.configuration?.revision !== undefined && <Fact name="Revision">{props.configuration.revision}</Fact>}
        </Facts>
      </Section>
      <Trends scope={{ kind: "namespaces", namespaces: [namespace] }} direction="inbound" asOf={props.asOf} />
    </>
  );
}
