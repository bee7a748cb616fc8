import { memo } from "react";
import type { Health } from "#lib/domain/health/health.ts";
import type { DrawnLock } from "./edgeLook.ts";
import { HEALTH_SHAPES, LOCKS } from "./icons.ts";

export type EdgePlateProps = {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly text: string;
  readonly health: Health;
  /** Absent where a lock would say nothing unusual. */
  readonly lock: DrawnLock | undefined;
  /** 1 when near; larger from afar, so that figures stay legible. */
  readonly scale: number;
  readonly state: string;
};

const LETTER = 6;
const MARK = 14;
export const PLATE_HEIGHT = 17;

/** Room a plate takes: marks, figures at 11 px, and its padding. */
export function plateWidth(text: string, marks: number): number {
  return 8 + marks * MARK + (text === "" ? 0 : text.length * LETTER + 2);
}

export function plateMarks(health: Health, lock: DrawnLock | undefined): number {
  return (health in HEALTH_SHAPES ? 1 : 0) + (lock === undefined ? 0 : 1);
}

/** Figures of an edge on a plate; health and a lock that is not closed stand before them, so that trouble shows without colour. */
export const EdgePlate = memo(function EdgePlate(props: EdgePlateProps) {
  const { id, x, y, text, health, lock, scale, state } = props;
  const shape = health === "healthy" || health === "unknown" ? undefined : HEALTH_SHAPES[health];
  const marks = plateMarks(health, lock);
  const width = plateWidth(text, marks);
  const start = -width / 2 + 4;
  return (
    <g
      className={`map-plate ${state}`}
      data-select={id}
      data-health={health}
      transform={`translate(${x} ${y}) scale(${scale})`}
    >
      <rect x={-width / 2} y={-PLATE_HEIGHT / 2} width={width} height={PLATE_HEIGHT} rx={4.5} />
      {shape !== undefined && (
        <path className="map-health-mark" d={shape} transform={`translate(${start + MARK / 2 - 0.5} 0) scale(.8)`} />
      )}
      {lock !== undefined && (
        <path
          className="map-lock"
          data-lock={lock}
          d={LOCKS[lock]}
          transform={`translate(${start + (marks - 0.5) * MARK - 0.5} -.6)`}
        />
      )}
      {text !== "" && (
        <text x={start + marks * MARK + 1} y={3.9}>
          {text}
        </text>
      )}
    </g>
  );
});
