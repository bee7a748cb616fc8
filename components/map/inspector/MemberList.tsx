import type { ReactNode } from "react";
import type { Health } from "#lib/domain/health/health.ts";
import { HealthMark } from "../HealthMark.tsx";
import { HEALTH_WORDS } from "../words.ts";
import { firstRows, MoreRows } from "./parts.tsx";

export type Member = {
  readonly id: string;
  readonly name: string;
  readonly health: Health;
  readonly figures?: ReactNode | undefined;
};

/** What is inside a box; each leads to itself. */
export function MemberList({
  members,
  onSelect,
}: {
  readonly members: readonly Member[];
  readonly onSelect: (id: string) => void;
}) {
  return (
    <>
      <ul className="-mx-2">
        {firstRows(members).map(({ id, name, health, figures }) => (
          <li key={id}>
            <button
              type="button"
              onClick={() => onSelect(id)}
              className="flex h-8 w-full items-center gap-2 rounded-sm px-2 text-left hover:bg-raised hover:text-accent"
            >
              <HealthMark health={health} />
              <span className="truncate">{name}</span>
              <span className="sr-only">, {HEALTH_WORDS[health]}</span>
              {figures !== undefined && (
                <span className="ml-auto shrink-0 whitespace-nowrap text-ink-2">{figures}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
      <MoreRows rows={members} />
    </>
  );
}
