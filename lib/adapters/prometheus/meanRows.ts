/** One reading from the readings of several samples: each label set's mean over all of them. */
import type { QualityNote } from "#lib/domain/telemetry/quality.ts";

/**
 * Rows of all parts as one row for each label set, with the mean of its `figures`. A label set without a row in a part
 * had no traffic then: that counts as zero.
 *
 *   cart → stock   6   –   3      mean of three samples: 3
 */
export function meanRows<Row extends object>(
  parts: readonly (readonly Row[])[],
  figures: readonly (keyof Row & string)[],
): readonly Row[] {
  const [only = []] = parts;
  if (parts.length === 1) return only;
  const zeros = Object.fromEntries(figures.map((figure) => [figure, 0]));
  const sums = new Map<string, { readonly row: Row; readonly of: number[] }>();
  for (const row of parts.flat()) {
    const key = JSON.stringify({ ...row, ...zeros });
    let sum = sums.get(key);
    if (sum === undefined) sums.set(key, (sum = { row, of: figures.map(() => 0) }));
    for (const [place, figure] of figures.entries()) sum.of[place] = (sum.of[place] ?? 0) + Number(row[figure]);
  }
  return [...sums.values()].map(({ row, of }) => ({
    ...row,
    ...Object.fromEntries(figures.map((figure, place) => [figure, (of[place] ?? 0) / parts.length])),
  }));
}

/** Of each problem the note that counts most: a series damaged for long is found by every sample, and is one series. */
export function worstNotes(parts: readonly (readonly QualityNote[])[]): QualityNote[] {
  const worst = new Map<string, QualityNote>();
  for (const note of parts.flat()) {
    if (note.rows > (worst.get(note.problem)?.rows ?? 0)) worst.set(note.problem, note);
  }
  return [...worst.values()];
}
