import clsx from "clsx";
import { formatBytesRate, formatPercent, formatRate } from "#lib/format/quantity.ts";
import type { Totals } from "./traffic.ts";

/** Requests, errors and bytes of both directions side by side. */
export function TrafficTable({ inbound, outbound }: { readonly inbound: Totals; readonly outbound: Totals }) {
  const hasTcp = inbound.tcpBytesPerSecond > 0 || outbound.tcpBytesPerSecond > 0;
  return (
    <table className="w-full">
      <thead>
        <tr className="text-12 text-ink-3">
          <th scope="col">
            <span className="sr-only">Figure</span>
          </th>
          <th scope="col" className="pb-1 text-right font-normal">
            In
          </th>
          <th scope="col" className="pb-1 text-right font-normal">
            Out
          </th>
        </tr>
      </thead>
      <tbody>
        <Row name="Requests" values={[formatRate(inbound.requestsPerSecond), formatRate(outbound.requestsPerSecond)]} />
        <Row
          name="Errors"
          values={[formatPercent(inbound.errorPercent), formatPercent(outbound.errorPercent)]}
          bad={[inbound.errorsPerSecond > 0, outbound.errorsPerSecond > 0]}
        />
        {hasTcp && (
          <Row
            name="TCP"
            values={[formatBytesRate(inbound.tcpBytesPerSecond), formatBytesRate(outbound.tcpBytesPerSecond)]}
          />
        )}
      </tbody>
    </table>
  );
}

function Row(props: {
  readonly name: string;
  readonly values: readonly [string, string];
  readonly bad?: readonly [boolean, boolean];
}) {
  return (
    <tr>
      <th scope="row" className="text-left font-normal text-ink-2">
        {props.name}
      </th>
      {props.values.map((value, index) => (
        <td
          key={index === 0 ? "in" : "out"}
          className={clsx("py-0.5 text-right", props.bad?.[index] === true && "font-medium text-failing-text")}
        >
          {value}
        </td>
      ))}
    </tr>
  );
}
