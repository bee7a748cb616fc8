import clsx from "clsx";
import type { ReactNode } from "react";
import type { HealthReason } from "#lib/domain/health/health.ts";
import { formatCount } from "#lib/format/quantity.ts";
import { HealthMark } from "../HealthMark.tsx";
import { explainReason } from "../words.ts";

/** A mesh may have a hundred thousand hosts behind one edge: nobody reads them, and no browser draws them at once. */
const MOST_ROWS = 100;

/** The rows of a list that are drawn. */
export function firstRows<Row>(rows: readonly Row[]): readonly Row[] {
  return rows.slice(0, MOST_ROWS);
}

/** How many rows come after firstRows; nothing where there are none. */
export function MoreRows({ rows }: { readonly rows: readonly unknown[] }) {
  if (rows.length <= MOST_ROWS) return null;
  return <p className="mt-1 text-12 text-ink-3">and {formatCount(rows.length - MOST_ROWS)} more</p>;
}

/** A titled part of the inspector. */
export function Section({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="border-t border-hairline px-4 py-3">
      <h3 className="mb-2 text-12 font-medium text-ink-3">{title}</h3>
      {children}
    </section>
  );
}

/** Names and values in two columns. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-3 gap-y-1">{children}</dl>;
}

export function Fact(props: { readonly name: string; readonly children: ReactNode; readonly bad?: boolean }) {
  return (
    <>
      <dt className="text-ink-2">{props.name}</dt>
      <dd className={clsx("min-w-0 break-words", props.bad === true && "text-failing-text")}>{props.children}</dd>
    </>
  );
}

/** Why something is not healthy, in sentences with their thresholds. */
export function Reasons({ reasons }: { readonly reasons: readonly HealthReason[] }) {
  if (reasons.length === 0) return null;
  return (
    <ul className="mt-2 flex flex-col gap-1">
      {[...new Map(reasons.map((reason) => [explainReason(reason), reason]))].map(([sentence, reason]) => (
        <li key={sentence} className="flex gap-1.5 text-ink">
          <HealthMark health={reason.health} className="mt-1" />
          <span>{sentence}</span>
        </li>
      ))}
    </ul>
  );
}
