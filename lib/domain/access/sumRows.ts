/** Rows that have become equal, added up: nobody can count what is behind a sum. */
export type SummedRows = {
  /** Of each row that is left, the first that it is made of. */
  readonly first: readonly number[];
  /** By old row: the row that it is part of now, undefined where it is left out. */
  readonly rowOf: readonly (number | undefined)[];
  /** A column of figures, summed; `figure` is its place in the columns given. */
  sum(figure: number): number[];
};

/** Rows with equal keys become one; those without a key are left out. Order is that of first rows. */
export function sumRows(
  length: number,
  keyOf: (row: number) => string | undefined,
  figures: readonly (readonly number[])[],
): SummedRows {
  const rows = new Map<string, number>();
  const first: number[] = [];
  const rowOf = Array.from({ length }, (_, row): number | undefined => {
    const key = keyOf(row);
    if (key === undefined) return undefined;
    let into = rows.get(key);
    if (into === undefined) {
      into = first.push(row) - 1;
      rows.set(key, into);
    }
    return into;
  });
  return {
    first,
    rowOf,
    sum(figure) {
      const column = figures[figure] ?? [];
      const sums: number[] = [];
      rowOf.forEach((into, row) => {
        if (into === undefined) return;
        const value = column[row] ?? 0;
        const sum = sums[into];
        sums[into] = sum === undefined ? value : rounded(sum + value);
      });
      return sums;
    },
  };
}

/** Nine significant digits: beyond them a sum of rates is noise of floating point. */
function rounded(value: number): number {
  return Number(value.toPrecision(9));
}
