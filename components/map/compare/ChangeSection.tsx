"use client";
import clsx from "clsx";
import type { ReactNode } from "react";
import { useTimeFormat } from "#components/shell/useTimeFormat.ts";
import { type EdgeDiff, FIGURES, type GraphDiff, leadingChange, type NodeDiff } from "#lib/domain/graph/diff.ts";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { formatCount } from "#lib/format/quantity.ts";
import { nodeName } from "../words.ts";
import { FIGURE_WORDS, formatChange, formatFigure, STATUS_WORDS } from "./changeWords.ts";
import type { Comparison } from "./useComparison.ts";

const MOST = 12;

/** In the inspector while two moments are compared: what changed in the selection, else what changed most. */
export function ChangeSection(props: {
  readonly comparison: Comparison;
  /** With what is gone. */
  readonly picture: Graph;
  readonly selected: string | undefined;
  readonly onSelect: (id: string) => void;
}) {
  const { comparison, picture, selected } = props;
  const { formatMoment } = useTimeFormat();
  const title = `Changes since ${formatMoment(comparison.withSeconds)}`;
  const { diff, problem } = comparison;
  if (diff === undefined) {
    return (
      <Section title={title}>
        <p role="status" className="text-ink-2">
          {problem ?? "Reading that moment"}
        </p>
      </Section>
    );
  }
  const own = [...diff.nodes, ...diff.edges].find(({ id }) => id === selected);
  if (own !== undefined) {
    return (
      <Section title={title}>
        <Figures diff={own} />
      </Section>
    );
  }
  return (
    <Section title={title}>
      <ChangeList diff={diff} picture={picture} onSelect={props.onSelect} />
    </Section>
  );
}

/** Above all else in the inspector; its title leaves room for the cross that closes that. */
function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label="Changes" className="border-b border-hairline px-4 pt-3 pb-3">
      <h2 className="mb-2 pr-8 text-12 font-medium text-ink-3">{title}</h2>
      {children}
    </section>
  );
}

/** What is certain first, by what matters: errors, latency, then rates. Changes of nodes are those of their edges, so only what is new or gone is told. */
function ChangeList(props: {
  readonly diff: GraphDiff;
  readonly picture: Graph;
  readonly onSelect: (id: string) => void;
}) {
  const { diff, picture } = props;
  const shown = new Set([...picture.nodes, ...picture.edges].map(({ id }) => id));
  const names = new Map(picture.nodes.map((node) => [node.id, nodeName(node)]));
  const nodes = diff.nodes.filter(
    ({ id, status, significant }) => status !== "changed" && significant && shown.has(id),
  );
  const edges = diff.edges.filter(({ id, significant }) => significant && shown.has(id));
  const rows = [
    ...nodes.map((node) => ({ id: node.id, name: names.get(node.id) ?? node.label, diff: node })),
    ...edges.map((edge) => ({
      id: edge.id,
      name: `${names.get(edge.source) ?? edge.source} → ${names.get(edge.target) ?? edge.target}`,
      diff: edge,
    })),
  ].sort((left, right) => weight(right.diff) - weight(left.diff));
  if (rows.length === 0) return <p className="text-ink-2">Nothing more than noise.</p>;
  return (
    <>
      <ol className="-mx-2" aria-label="Significant changes">
        {rows.slice(0, MOST).map(({ id, name, diff }) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => props.onSelect(id)}
              className="w-full rounded-sm px-2 py-1 text-left hover:bg-raised"
            >
              <span className="block truncate font-medium">{name}</span>
              <span className="block text-12 text-ink-2">{summary(diff)}</span>
            </button>
          </li>
        ))}
      </ol>
      {rows.length > MOST && <p className="mt-1 text-12 text-ink-3">and {formatCount(rows.length - MOST)} more</p>}
    </>
  );
}

const SEVERITY = { errorPercent: 3, p95: 2, average: 2, rate: 1, bytes: 0 } as const;

/** Severity of the figure, then the size of its change, below one. */
function weight({ status, changes }: NodeDiff | EdgeDiff): number {
  const leading = leadingChange(changes);
  if (leading === undefined) return -1;
  const { absolute = 0, relative = absolute } = leading.change;
  const size = Math.log1p(Math.abs(relative));
  const isStructure = status === "added" || status === "removed";
  return SEVERITY[leading.figure] + (isStructure ? 0.5 : 0) + (0.49 * size) / (1 + size);
}

function summary({ status, changes }: NodeDiff | EdgeDiff): string {
  const leading = leadingChange(changes);
  if (leading === undefined) return STATUS_WORDS[status];
  const { figure, change } = leading;
  const word = FIGURE_WORDS[figure];
  if (status === "added") return `New: ${formatFigure(figure, change.after)}`;
  if (status === "removed") return `Gone: was ${formatFigure(figure, change.before)}`;
  return `${word} ${formatChange(figure, change)}: ${formatFigure(figure, change.before)} → ${formatFigure(figure, change.after)}`;
}

/** Every figure before and after; what is no more than noise is grey. */
function Figures({ diff }: { readonly diff: NodeDiff | EdgeDiff }) {
  return (
    <>
      <p className="mb-1 text-ink-2">
        {diff.status === "same" || diff.status === "changed"
          ? diff.significant
            ? "Changed by more than noise"
            : "Nothing more than noise"
          : `${diff.status === "added" ? "New" : "Gone"}${diff.significant ? "" : ", which may be chance: its calls are rare"}`}
      </p>
      <table className="w-full">
        <caption className="sr-only">Figures before and after</caption>
        <thead>
          <tr className="text-12 text-ink-3">
            <th scope="col" className="sr-only">
              Figure
            </th>
            <th scope="col" className="text-right font-normal">
              Before
            </th>
            <th scope="col" className="text-right font-normal">
              After
            </th>
            <th scope="col" className="text-right font-normal">
              Change
            </th>
          </tr>
        </thead>
        <tbody>
          {FIGURES.map((figure) => {
            const change = diff.changes[figure];
            if (change === undefined) return null;
            return (
              <tr key={figure} className={clsx("whitespace-nowrap", !change.significant && "text-ink-3")}>
                <th scope="row" className="text-left font-normal">
                  {FIGURE_WORDS[figure]}
                </th>
                <td className="pl-2 text-right">{formatFigure(figure, change.before)}</td>
                <td className="pl-2 text-right">{formatFigure(figure, change.after)}</td>
                <td className={clsx("pl-2 text-right", change.significant && "font-medium")}>
                  {formatChange(figure, change) || "—"}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </>
  );
}
