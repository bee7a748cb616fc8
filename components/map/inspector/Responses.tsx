import clsx from "clsx";
import { classifyResponse, isError } from "#lib/domain/telemetry/responseCode.ts";
import { formatPercent, formatRate } from "#lib/format/quantity.ts";
import { explainResponseFlags } from "../words.ts";
import { firstRows, MoreRows } from "./parts.tsx";
import type { ResponseRow } from "./traffic.ts";

/** How requests end: one row for each code and response flag, with its share. */
export function Responses({ rows }: { readonly rows: readonly ResponseRow[] }) {
  return (
    <>
      <table className="w-full">
        <thead className="sr-only">
          <tr>
            <th scope="col">Response</th>
            <th scope="col">Rate</th>
            <th scope="col">Share</th>
          </tr>
        </thead>
        <tbody>
          {firstRows(rows).map((row) => {
            const bad = isError(classifyResponse(row.protocol, row.code));
            const meaning = explainResponseFlags(row.flags);
            return (
              <tr key={`${row.protocol} ${row.code} ${row.flags}`} className="align-top">
                <th scope="row" className="py-0.5 pr-2 text-left font-normal">
                  <span className={clsx("font-medium", bad && "text-failing-text")}>{codeWord(row)}</span>
                  {row.flags !== "-" && row.flags !== "" && (
                    <span className="ml-1.5 font-mono text-12 text-ink-2">{row.flags}</span>
                  )}
                  {meaning !== "" && <span className="block text-12 text-ink-2">{meaning}</span>}
                </th>
                <td className="py-0.5 text-right whitespace-nowrap">{formatRate(row.perSecond)}</td>
                <td
                  className={clsx("w-20 py-0.5 text-right whitespace-nowrap", bad ? "text-failing-text" : "text-ink-2")}
                >
                  {formatPercent(row.percent)}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <MoreRows rows={rows} />
    </>
  );
}

function codeWord({ protocol, code }: ResponseRow): string {
  if (code === "-") return "No response";
  return protocol === "grpc" && !/^\d{3}$/.test(code) ? `gRPC status ${code}` : code;
}
