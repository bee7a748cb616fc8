import { memo } from "react";
import type { Health } from "#lib/domain/health/health.ts";
import { CARD } from "#lib/layout/graphLayoutInput.ts";
import { middleEllipsis } from "#lib/layout/nodeLabel.ts";
import { FoldButton } from "./GroupBox.tsx";
import { HEALTH_SHAPES } from "./icons.ts";

export type FoldedCardProps = {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly name: string;
  readonly health: Health;
  /** "12 workloads · 4 services". */
  readonly counts: string;
  /** "2 unhealthy", "" when none is. */
  readonly unhealthy: string;
  /** "in 12.4 rps   out 3.10 rps". */
  readonly traffic: string;
  /** Spoken. */
  readonly description: string;
  /** Shown on hover: the description, and why it is not healthy. */
  readonly tooltip: string;
  readonly state: string;
  readonly isTabStop: boolean;
};

/** A folded namespace or cluster: one card with its health, its counts and what crosses its border. */
export const FoldedCard = memo(function FoldedCard(props: FoldedCardProps) {
  const { id, x, y, name, health, counts, unhealthy, traffic, description, state } = props;
  const isTroubled = health !== "healthy" && health !== "unknown";
  const { width, height } = CARD;
  const left = -width / 2;
  return (
    <g
      className={`map-node map-card ${state}`}
      data-select={id}
      data-health={health}
      transform={`translate(${x} ${y})`}
      role="button"
      aria-label={description}
      aria-pressed={state.includes("selected")}
      tabIndex={props.isTabStop ? 0 : -1}
    >
      <title>{props.tooltip}</title>
      <rect className="map-card-under" x={left + 4} y={-height / 2 + 4} width={width} height={height} rx={10} />
      <rect className="map-card-face" x={left} y={-height / 2} width={width} height={height} rx={10} />
      {isTroubled && (
        <path className="map-health-mark" d={HEALTH_SHAPES[health]} transform={`translate(${left + 17} -20)`} />
      )}
      <text className="map-box-name" x={left + (isTroubled ? 30 : 13)} y={-15}>
        {middleEllipsis(name, isTroubled ? 18 : 20)}
      </text>
      <text className="map-card-line" x={left + 13} y={6}>
        {counts}
        {unhealthy !== "" && (
          <tspan className="map-card-trouble">
            {counts === "" ? "" : " · "}
            {unhealthy}
          </tspan>
        )}
      </text>
      <text className="map-card-line" x={left + 13} y={25}>
        {traffic}
      </text>
      <FoldButton id={id} x={width / 2 - 16} y={-20} label={`Unfold ${name}`} sign="M-4 0H4M0-4V4" />
    </g>
  );
});
