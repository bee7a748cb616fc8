import { memo } from "react";
import type { Health } from "#lib/domain/health/health.ts";
import { NODE } from "#lib/layout/graphLayoutInput.ts";
import { BADGE_ICONS, type BadgeIcon, HEALTH_SHAPES, NODE_ICONS, type NodeIcon } from "./icons.ts";
import { GLYPH_HALF } from "./nodeLook.ts";

/** Everything is a plain value, so that a refresh draws only nodes that changed. Lists are joined by a line break or a space. */
export type NodeGlyphProps = {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  /** Of the room it has, which takes clicks. */
  readonly width: number;
  readonly icon: NodeIcon;
  readonly health: Health;
  readonly size: 0 | 1 | 2;
  /** One or two lines, joined by a line break. */
  readonly lines: string;
  readonly chip: string | undefined;
  /** At most two, joined by a space. */
  readonly badges: string;
  /** Spoken. */
  readonly description: string;
  /** Shown on hover: the description, and why it is not healthy. */
  readonly tooltip: string;
  /** Space-separated: selected, dimmed, match, idle. */
  readonly state: string;
  readonly isTabStop: boolean;
};

/** A node: rounded square with the icon of its type, name below, version chip, health ring and badges only where they say something. */
export const NodeGlyph = memo(function NodeGlyph(props: NodeGlyphProps) {
  const { id, x, y, width, icon, health, size, chip, description, state } = props;
  const half = GLYPH_HALF[size];
  const lines = props.lines.split("\n");
  const isTroubled = health !== "healthy" && health !== "unknown";
  const chipTop = NODE.nameTop + lines.length * NODE.lineHeight + 1;
  return (
    <g
      className={`map-node ${lines.length > 1 ? "two-lines" : ""} ${state}`}
      data-select={id}
      data-health={health}
      transform={`translate(${x} ${y})`}
      role="button"
      aria-label={description}
      aria-pressed={state.includes("selected")}
      tabIndex={props.isTabStop ? 0 : -1}
    >
      <title>{props.tooltip}</title>
      <rect className="map-node-room" x={-width / 2} y={-NODE.above} width={width} height={NODE.above + chipTop} />
      {isTroubled && (
        <rect className="map-ring" x={-half - 4} y={-half - 4} width={2 * half + 8} height={2 * half + 8} rx={11} />
      )}
      <rect className="map-glyph" x={-half} y={-half} width={2 * half} height={2 * half} rx={8} />
      <path className="map-icon" d={NODE_ICONS[icon]} transform={size === 1 ? undefined : `scale(${half / 14})`} />
      {isTroubled && (
        <path className="map-health-mark" d={HEALTH_SHAPES[health]} transform={`translate(${half + 2} ${-half - 2})`} />
      )}
      {badgesOf(props.badges).map((badge, index) => (
        <g key={badge} className={`map-badge ${badge}`} transform={`translate(${-half - 1} ${half - 4 - index * 14})`}>
          <circle r={6.5} />
          <path d={BADGE_ICONS[badge]} />
        </g>
      ))}
      <text className="map-name" transform={`translate(0 ${NODE.nameTop - 2})`}>
        {lines.map((line, index) => (
          <tspan key={line} x={0} dy={index === 0 ? "1em" : "1.12em"}>
            {line}
          </tspan>
        ))}
      </text>
      {/* A space that is not drawn: read as text, name and version are two words. */}
      {chip !== undefined && " "}
      {chip !== undefined && (
        <g className="map-chip">
          <rect x={-chipWidth(chip) / 2} width={chipWidth(chip)} height={15} rx={4} />
          <text y={11}>{shorten(chip)}</text>
        </g>
      )}
    </g>
  );
});

function badgesOf(joined: string): BadgeIcon[] {
  return joined.split(" ").filter((badge): badge is BadgeIcon => badge in BADGE_ICONS);
}

const CHIP_LETTERS = 12;

function shorten(text: string): string {
  return text.length <= CHIP_LETTERS ? text : `${text.slice(0, CHIP_LETTERS - 1)}…`;
}

function chipWidth(text: string): number {
  return 10 + shorten(text).length * 6.2;
}
