import { expect, it } from "vitest";
import { type Column, sortRows } from "./DataTable.tsx";

type Row = { name: string; rate?: number };
const columns: readonly Column<Row>[] = [
  { id: "name", title: "Name", cell: (row) => row.name, sortBy: (row) => row.name },
  { id: "rate", title: "Rate", cell: (row) => row.rate, sortBy: (row) => row.rate, numeric: true },
];
const rows: readonly Row[] = [{ name: "v10", rate: 5 }, { name: "v2" }, { name: "v1", rate: 7 }];
const order = (column: string, descending: boolean) =>
  sortRows(rows, columns, { column, descending }).map((row) => row.name);

it("sorts numbers within names as numbers", () => {
  expect(order("name", false)).toEqual(["v1", "v2", "v10"]);
});

it("puts rows without a value last, either way round", () => {
  expect(order("rate", true)).toEqual(["v1", "v10", "v2"]);
  expect(order("rate", false)).toEqual(["v10", "v1", "v2"]);
});
