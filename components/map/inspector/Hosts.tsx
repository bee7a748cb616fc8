import type { RequestEdge } from "#lib/domain/graph/graph.ts";
import { formatPercent, formatRate } from "#lib/format/quantity.ts";
import { firstRows, MoreRows, Section } from "./parts.tsx";
import { sumHosts } from "./traffic.ts";

/** Under which names callers asked; nothing where that is one name, which the map shows already. */
export function Hosts({ edge }: { readonly edge: RequestEdge }) {
  const rows = sumHosts(edge);
  if (rows.length < 2) return null;
  return (
    <Section title="Requested hosts">
      <table className="w-full">
        <thead className="sr-only">
          <tr>
            <th scope="col">Host</th>
            <th scope="col">Rate</th>
            <th scope="col">Share</th>
            <th scope="col">Errors</th>
          </tr>
        </thead>
        <tbody>
          {firstRows(rows).map((row) => (
            <tr key={row.host} className="align-top">
              <th scope="row" className="py-0.5 pr-2 text-left font-mono text-12 font-normal break-all">
                {row.host}
              </th>
              <td className="py-0.5 text-right whitespace-nowrap">{formatRate(row.perSecond)}</td>
              <td className="w-16 py-0.5 text-right whitespace-nowrap text-ink-2">{formatPercent(row.percent)}</td>
              <td className="w-16 py-0.5 text-right whitespace-nowrap text-failing-text">
                {row.errorPercent > 0 && formatPercent(row.errorPercent)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <MoreRows rows={rows} />
    </Section>
  );
}
