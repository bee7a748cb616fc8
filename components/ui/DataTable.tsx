"use client";
import clsx from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "./Button.tsx";

export type Column<Row> = {
  readonly id: string;
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** What rows are sorted by; undefined values come last either way. */
  readonly sortBy: (row: Row) => string | number | undefined;
  readonly numeric?: boolean;
};

type Sort = { readonly column: string; readonly descending: boolean };

// A browser lays out a few hundred rows at once without a stutter; the rest is a click away.
const PAGE = 200;

/** A table with a sticky header and a frozen first column, sorted by a click, its rows selectable by their first cell. */
export function DataTable<Row>(props: {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  readonly selected?: string | undefined;
  /** Keys of rows that stand out, such as those a search found. */
  readonly marked?: readonly string[];
  readonly onSelect: (key: string) => void;
  readonly initialSort: Sort;
}) {
  const [sort, setSort] = useState(props.initialSort);
  const [limit, setLimit] = useState(PAGE);
  const rows = sortRows(props.rows, props.columns, sort);
  const shown = rows.slice(0, limit);
  const marked = new Set(props.marked);
  return (
    <div>
      <table className="w-full border-separate border-spacing-0">
        <caption className="sr-only">{props.caption}</caption>
        <thead>
          <tr>
            {props.columns.map((column, index) => (
              <th
                key={column.id}
                scope="col"
                aria-sort={sort.column === column.id ? (sort.descending ? "descending" : "ascending") : "none"}
                className={clsx(
                  "sticky top-0 h-8 border-b border-hairline bg-panel p-0 text-12 font-medium text-ink-2",
                  index === 0 ? "left-0 z-20" : "z-10",
                )}
              >
                <button
                  type="button"
                  onClick={() => setSort(nextSort(sort, column))}
                  className={clsx(
                    "flex h-8 w-full items-center gap-1 px-3 whitespace-nowrap hover:text-ink focus-visible:-outline-offset-2",
                    column.numeric === true && "justify-end",
                  )}
                >
                  {column.title}
                  <SortArrow sort={sort} column={column.id} />
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row) => {
            const key = props.rowKey(row);
            return (
              <tr key={key} data-selected={key === props.selected} data-marked={marked.has(key)} className="group">
                {props.columns.map((column, index) => {
                  const className = clsx(
                    "h-8 border-b border-hairline px-3 whitespace-nowrap group-hover:bg-raised group-data-[selected=true]:bg-selected",
                    index === 0 &&
                      "sticky left-0 bg-panel text-left font-normal group-data-[marked=true]:shadow-[inset_3px_0_var(--accent)]",
                    column.numeric === true && "text-right",
                  );
                  return index === 0 ? (
                    <th key={column.id} scope="row" className={className}>
                      <button
                        type="button"
                        aria-pressed={key === props.selected}
                        onClick={() => props.onSelect(key)}
                        className="max-w-80 truncate text-left font-medium text-ink hover:text-accent"
                      >
                        {column.cell(row)}
                        {marked.has(key) && <span className="sr-only">, found</span>}
                      </button>
                    </th>
                  ) : (
                    <td key={column.id} className={className}>
                      {column.cell(row)}
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
      {rows.length > limit && (
        <div className="p-3">
          <Button onClick={() => setLimit(limit + PAGE)}>
            Show {Math.min(PAGE, rows.length - limit)} more of {rows.length - limit}
          </Button>
        </div>
      )}
    </div>
  );
}

function SortArrow({ sort, column }: { readonly sort: Sort; readonly column: string }) {
  // Keeps its place when absent, so that sorting moves nothing.
  if (sort.column !== column) return <span aria-hidden className="size-3" />;
  const Arrow = sort.descending ? ArrowDown : ArrowUp;
  return <Arrow aria-hidden size={12} />;
}

/** Numbers begin with the largest, words with "a"; the same column again turns round. */
function nextSort<Row>(sort: Sort, column: Column<Row>): Sort {
  if (sort.column === column.id) return { column: column.id, descending: !sort.descending };
  return { column: column.id, descending: column.numeric === true };
}

/** Rows in the order of a column; rows without a value last, equal rows as they came. */
export function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort): readonly Row[] {
  const column = columns.find(({ id }) => id === sort.column);
  if (column === undefined) return rows;
  const sign = sort.descending ? -1 : 1;
  return [...rows].sort((left, right) => {
    const [a, b] = [column.sortBy(left), column.sortBy(right)];
    if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
    if (typeof a === "string" && typeof b === "string") return sign * a.localeCompare(b, "en", { numeric: true });
    return a === b ? 0 : sign * (a < b ? -1 : 1);
  });
}
