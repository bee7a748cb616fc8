import { memo } from "react";
import type { GroupLevel } from "#lib/domain/graph/group.ts";
import type { Health } from "#lib/domain/health/health.ts";
import type { PlacedBox } from "#lib/layout/layout.ts";
import { middleEllipsis } from "#lib/layout/nodeLabel.ts";
import { HEALTH_SHAPES } from "./icons.ts";

export type GroupBoxProps = {
  readonly box: PlacedBox;
  readonly level: GroupLevel;
  readonly name: string;
  readonly health: Health;
  /** "in 12.4 rps", "" when nothing enters. */
  readonly inbound: string;
  readonly outbound: string;
  /** Spoken and shown on hover. */
  readonly description: string;
  /** Space-separated: selected, dimmed. */
  readonly state: string;
};

const LETTER = 7;
const FIGURE = 6.4;
const BUTTON = 28;
/** Height of the title, its first letter and its baseline, by level. An app's box is small and has no button to fold it. */
const TITLE = {
  cluster: { height: 38, start: 14, base: 25 },
  namespace: { height: 30, start: 12, base: 20 },
  app: { height: 20, start: 8, base: 15 },
} as const;
const CORNER = { cluster: 14, namespace: 10, app: 8 } as const;

/** A group: a box with a title that says its name, its worst health and, where there is room, what crosses its border. */
export const GroupBox = memo(function GroupBox(props: GroupBoxProps) {
  const { box, level, name, health, inbound, outbound, description, state } = props;
  const { x, y, width, height } = box;
  const title = TITLE[level];
  const corner = CORNER[level];
  const button = level === "app" ? 6 : BUTTON;
  const isTroubled = health !== "healthy" && health !== "unknown";
  const nameStart = title.start + (isTroubled ? 16 : 0);
  const nameRoom = width - nameStart - button;
  const shown = middleEllipsis(name, Math.max(6, Math.floor(nameRoom / LETTER)));
  const left = nameRoom - shown.length * LETTER - 12;
  const traffic =
    level === "app"
      ? ""
      : ([`${inbound}   ${outbound}`.trim(), inbound].find((text) => text.length * FIGURE <= left) ?? "");
  return (
    <g className={`map-box ${level} ${state}`} data-health={health} transform={`translate(${x} ${y})`}>
      <rect className="map-box-field" width={width} height={height} rx={corner} />
      <g className="map-box-title" data-select={box.id}>
        <title>{description}</title>
        <path className="map-box-bar" d={barPath(width, title.height, corner)} />
        {isTroubled && (
          <path
            className="map-health-mark"
            d={HEALTH_SHAPES[health]}
            transform={`translate(${title.start + 5} ${title.base - 4.5}) scale(${level === "app" ? 0.8 : 1})`}
          />
        )}
        <text className="map-box-name" x={nameStart} y={title.base}>
          {shown}
        </text>
        {traffic !== "" && (
          <text className="map-box-rates" x={width - button - 4} y={title.base}>
            {traffic}
          </text>
        )}
      </g>
      {level !== "app" && (
        <FoldButton id={box.id} x={width - button / 2 - 2} y={title.base - 5} label={`Fold ${name}`} sign="M-4 0H4" />
      )}
    </g>
  );
});

/** A strip with the upper corners of its box. */
function barPath(width: number, height: number, corner: number): string {
  return `M0 ${height}V${corner}A${corner} ${corner} 0 0 1 ${corner} 0H${width - corner}A${corner} ${corner} 0 0 1 ${width} ${corner}V${height}Z`;
}

/** A name over the whole height above what is inside: shown when the map is too far away for titles. */
export const FarName = memo(function FarName({ box, level, name }: Pick<GroupBoxProps, "box" | "level" | "name">) {
  if (level === "app") return null;
  const room = box.padding.top;
  const size = Math.max(16, Math.min(room * 0.8, (box.width * 0.9) / (name.length * 0.6)));
  return (
    <text className={`map-box-big ${level}`} x={box.x + TITLE[level].start} y={box.y + room / 2} fontSize={size}>
      {name}
    </text>
  );
});

/** Folds or unfolds a group; not a tab stop: with the keyboard it is "c" on any node inside. */
export function FoldButton({
  id,
  x,
  y,
  label,
  sign,
}: {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly sign: string;
}) {
  return (
    <g
      className="map-fold"
      data-fold={id}
      data-map-control=""
      role="button"
      aria-label={label}
      tabIndex={-1}
      transform={`translate(${x} ${y})`}
    >
      <title>{label}</title>
      <rect x={-10} y={-10} width={20} height={20} rx={5} />
      <path d={sign} />
    </g>
  );
}
