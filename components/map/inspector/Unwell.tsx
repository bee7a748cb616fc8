import type { GraphNode } from "#lib/domain/graph/graph.ts";
import { HEALTH_ORDER } from "#lib/domain/health/health.ts";
import { nodeName } from "../words.ts";
import { MemberList } from "./MemberList.tsx";
import { Section } from "./parts.tsx";

/** What needs attention among some nodes, the worst first; nothing where all are well. */
export function Unwell({
  nodes,
  onSelect,
}: {
  readonly nodes: readonly GraphNode[];
  readonly onSelect: (id: string) => void;
}) {
  const unwell = nodes
    .filter((node) => node.reasons.length > 0)
    .sort((left, right) => HEALTH_ORDER.indexOf(right.health) - HEALTH_ORDER.indexOf(left.health));
  if (unwell.length === 0) return null;
  return (
    <Section title="Needs attention">
      <MemberList
        members={unwell.map((node) => ({ id: node.id, name: nodeName(node), health: node.health }))}
        onSelect={onSelect}
      />
    </Section>
  );
}
