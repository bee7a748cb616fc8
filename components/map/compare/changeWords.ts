/** Changes in words and figures, and how they are marked on the map. */
import { type Change, type DiffStatus, type Figure, type GraphDiff, leadingChange } from "#lib/domain/graph/diff.ts";
import { formatBytesRate, formatMilliseconds, formatPercent, formatRate } from "#lib/format/quantity.ts";

export const FIGURE_WORDS: Readonly<Record<Figure, string>> = {
  rate: "Requests",
  errorPercent: "Errors",
  average: "Mean latency",
  p95: "p95",
  bytes: "Bytes",
};

const SHORT_WORDS: Readonly<Record<Figure, string>> = {
  rate: "rps",
  errorPercent: "errors",
  average: "mean",
  p95: "p95",
  bytes: "bytes",
};

/** A figure of a change with its unit. */
export function formatFigure(figure: Figure, value: number | undefined): string {
  switch (figure) {
    case "rate":
      return formatRate(value);
    case "errorPercent":
      return formatPercent(value);
    case "average":
    case "p95":
      return formatMilliseconds(value);
    case "bytes":
      return formatBytesRate(value);
  }
}

/** "+150 %", "×12", "−40 %"; error shares in points of percent: "+4.1 points". "" where nothing can be said. */
export function formatChange(figure: Figure, { absolute, relative, before, after }: Change): string {
  if (absolute === undefined || absolute === 0) return "";
  const sign = absolute > 0 ? "+" : "−";
  if (figure === "errorPercent") return `${sign}${formatPercent(Math.abs(absolute)).replace(/.%$/, "")} points`;
  if (relative === undefined) return `${sign}${formatFigure(figure, Math.abs(absolute))}`;
  if (relative >= 9 && before && after) return `×${formatPercent(after / before).replace(/.%$/, "")}`;
  return `${sign}${formatPercent(100 * Math.abs(relative))}`;
}

/** On a plate: "+150 % rps", "errors +4.1 points". */
function plateText(figure: Figure, change: Change): string {
  const text = formatChange(figure, change);
  if (figure === "errorPercent") return `errors ${text}`;
  const word = SHORT_WORDS[figure];
  return text.endsWith(word) ? text : `${text} ${word}`;
}

export type ChangeMark = {
  readonly state: "added" | "removed" | "more" | "less" | "same";
  /** Figure for the plate; "" for none. */
  readonly text: string;
};

/** How every node and edge of a diff is marked. What is not significant has a mark without words, or none. */
export function changeMarks({ nodes, edges }: GraphDiff): ReadonlyMap<string, ChangeMark> {
  const marks = new Map<string, ChangeMark>();
  for (const { id, status, changes } of [...nodes, ...edges]) {
    const leading = leadingChange(changes);
    const text = leading === undefined ? "" : plateText(leading.figure, leading.change);
    const trend = (leading?.change.absolute ?? 0) > 0 ? "more" : "less";
    if (status !== "same") marks.set(id, { state: status === "changed" ? trend : status, text });
  }
  return marks;
}

export const STATUS_WORDS: Readonly<Record<DiffStatus, string>> = {
  added: "new",
  removed: "gone",
  changed: "changed",
  same: "no more than noise",
};
