import type { GraphEdge, GraphNode } from "#lib/domain/graph/graph.ts";
import { formatBytesRate, formatMilliseconds, formatPercent, formatRate } from "#lib/format/quantity.ts";
import { HealthMark } from "../HealthMark.tsx";
import { HEALTH_WORDS, nodeName } from "../words.ts";
import { firstRows, MoreRows } from "./parts.tsx";

/** The other ends of a node's edges, with what flows there; each leads to that node, its figures to the edge. */
export function Neighbours(props: {
  readonly edges: readonly GraphEdge[];
  readonly far: (edge: GraphEdge) => GraphNode | undefined;
  readonly onSelect: (id: string) => void;
}) {
  const edges = [...props.edges].sort((left, right) => weight(right) - weight(left));
  return (
    <>
      <ul className="-mx-2">
        {firstRows(edges).map((edge) => {
          const node = props.far(edge);
          if (node === undefined) return null;
          return (
            <li key={edge.id} className="flex items-center gap-1 rounded-sm hover:bg-raised">
              <button
                type="button"
                onClick={() => props.onSelect(node.id)}
                className="flex h-8 min-w-0 flex-1 items-center gap-2 rounded-sm px-2 text-left hover:text-accent"
              >
                <HealthMark health={edge.health} />
                <span className="truncate">{nodeName(node)}</span>
                <span className="sr-only">, {HEALTH_WORDS[edge.health]}</span>
                {node.namespace !== "" && <span className="truncate text-12 text-ink-3">{node.namespace}</span>}
              </button>
              <button
                type="button"
                onClick={() => props.onSelect(edge.id)}
                title="Show this edge"
                className="h-8 shrink-0 rounded-sm px-2 text-right whitespace-nowrap text-ink-2 hover:text-accent"
              >
                <Figures edge={edge} />
              </button>
            </li>
          );
        })}
      </ul>
      <MoreRows rows={edges} />
    </>
  );
}

function weight(edge: GraphEdge): number {
  return edge.protocol === "tcp" ? 0 : edge.errorsPerSecond * 1e6 + edge.requestsPerSecond;
}

/** Rate, then the one thing most worth knowing: failures, else slowness. */
function Figures({ edge }: { readonly edge: GraphEdge }) {
  if (edge.protocol === "tcp") return formatBytesRate(edge.sentBytesPerSecond + edge.receivedBytesPerSecond);
  const p95 = edge.latency?.p95;
  return (
    <>
      {formatRate(edge.requestsPerSecond)}
      {edge.errorsPerSecond > 0 ? (
        <span className="text-failing-text"> · {formatPercent(edge.errorPercent)}</span>
      ) : (
        p95 !== undefined && ` · p95 ${formatMilliseconds(p95)}`
      )}
    </>
  );
}
