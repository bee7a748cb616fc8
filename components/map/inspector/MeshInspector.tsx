"use client";
import type { Graph, GraphEdge } from "#lib/domain/graph/graph.ts";
import type { SeriesScope } from "#lib/domain/telemetry/timeSeries.ts";
import { formatBytesRate, formatCount, formatPercent, formatRate } from "#lib/format/quantity.ts";
import { HealthMark } from "../HealthMark.tsx";
import { HEALTH_WORDS, nodeName, summarizeReason } from "../words.ts";
import { InspectorTitle } from "./InspectorTitle.tsx";
import { Fact, Facts, Section } from "./parts.tsx";
import { Trends } from "./Trends.tsx";
import { type Concern, callEdges, lowestMtls, rankConcerns, sumEdges } from "./traffic.ts";

const MOST_CONCERNS = 8;

/** Which part of the mesh the map shows. */
export type Shown = {
  /** Empty: all. */
  readonly namespaces: readonly string[];
  /** Narrowed in ways that no chart over time can follow: by focus, hiding, kinds of traffic, clusters. */
  readonly isNarrowed: boolean;
  /** All calls of these namespaces, those inside folded boxes too. */
  readonly calls: readonly GraphEdge[];
};

/** What is drawn as a whole, and the few things to look at first. Shown while nothing is selected. */
export function MeshInspector(props: {
  readonly graph: Graph;
  readonly shown: Shown;
  readonly asOf: number;
  readonly onSelect: (id: string) => void;
}) {
  const { graph, shown } = props;
  const { namespaces } = shown;
  const calls = shown.isNarrowed ? callEdges(graph) : shown.calls;
  const totals = sumEdges(calls);
  const concerns = rankConcerns(graph);
  const mtls = lowestMtls(calls);
  const scope: SeriesScope = namespaces.length === 0 ? { kind: "mesh" } : { kind: "namespaces", namespaces };
  return (
    <>
      <InspectorTitle
        kind={[`${formatCount(graph.nodes.length)} nodes`, `${formatCount(graph.edges.length)} edges`]}
        name={titleOf(shown)}
      />
      <Section title="Needs attention">
        {concerns.length === 0 ? (
          <p className="text-ink-2">
            {graph.nodes.length === 0
              ? "Nothing is drawn that could be judged."
              : "Nothing: no calls fail beyond their thresholds and no replicas are missing."}
          </p>
        ) : (
          <ol className="-mx-2">
            {concerns.slice(0, MOST_CONCERNS).map((concern) => (
              <ConcernRow key={idOf(concern)} concern={concern} graph={graph} onSelect={props.onSelect} />
            ))}
          </ol>
        )}
        {concerns.length > MOST_CONCERNS && (
          <p className="mt-1 text-12 text-ink-3">
            and {formatCount(concerns.length - MOST_CONCERNS)} more; the table lists all of them.
          </p>
        )}
      </Section>
      <Section title="Traffic">
        <Facts>
          <Fact name="Calls">{formatRate(totals.requestsPerSecond)}</Fact>
          <Fact name="Errors" bad={totals.errorsPerSecond > 0}>
            {formatPercent(totals.errorPercent)}
            {totals.errorsPerSecond > 0 && ` · ${formatRate(totals.errorsPerSecond)}`}
          </Fact>
          {totals.tcpBytesPerSecond > 0 && <Fact name="TCP">{formatBytesRate(totals.tcpBytesPerSecond)}</Fact>}
          <Fact name="mTLS">
            {mtls === undefined ? "not reported" : mtls === 100 ? "every edge" : `lowest edge ${formatPercent(mtls)}`}
          </Fact>
        </Facts>
      </Section>
      {!shown.isNarrowed && <Trends scope={scope} direction="inbound" asOf={props.asOf} />}
    </>
  );
}

function titleOf({ namespaces: [only, ...others], isNarrowed }: Shown): string {
  if (isNarrowed) return "What is shown";
  if (only === undefined) return "Whole mesh";
  return others.length === 0 ? only : "Chosen namespaces";
}

function ConcernRow(props: {
  readonly concern: Concern;
  readonly graph: Graph;
  readonly onSelect: (id: string) => void;
}) {
  const { concern, graph } = props;
  const { health, reasons } = concern.kind === "edge" ? concern.edge : concern.node;
  const nameOf = (id: string) => {
    const node = graph.nodes.find((other) => other.id === id);
    return node === undefined ? id : nodeName(node);
  };
  const name =
    concern.kind === "node"
      ? nodeName(concern.node)
      : `${nameOf(concern.edge.source)} → ${nameOf(concern.edge.target)}`;
  const reason = reasons[0];
  return (
    <li>
      <button
        type="button"
        onClick={() => props.onSelect(idOf(concern))}
        className="w-full rounded-sm px-2 py-1.5 text-left hover:bg-raised"
      >
        <span className="flex items-center gap-2">
          <HealthMark health={health} />
          <span className="truncate font-medium">{name}</span>
          <span className="sr-only">, {HEALTH_WORDS[health]}.</span>
        </span>
        {reason !== undefined && <span className="ml-5 block text-12 text-ink-2">{summarizeReason(reason)}</span>}
      </button>
    </li>
  );
}

function idOf(concern: Concern): string {
  return concern.kind === "edge" ? concern.edge.id : concern.node.id;
}
