import { memo } from "react";
import type { Health } from "#lib/domain/health/health.ts";
import type { PlacedBox } from "#lib/layout/layout.ts";
import { middleEllipsis } from "#lib/layout/nodeLabel.ts";
import { HEALTH_SHAPES } from "./icons.ts";

export type NamespaceBoxProps = {
  readonly box: PlacedBox;
  readonly name: string;
  /** Height above the nodes. */
  readonly room: number;
  readonly health: Health;
  /** "in 12.4 rps", "" when nothing enters. */
  readonly inbound: string;
  readonly outbound: string;
  /** Space-separated: selected, dimmed. */
  readonly state: string;
};

const LETTER = 7;
const FIGURE = 6.4;
const BUTTON = 28;

/** A namespace: a soft box with a title bar that says its name, its worst health and what crosses its border. */
export const NamespaceBox = memo(function NamespaceBox(props: NamespaceBoxProps) {
  const { box, name, health, inbound, outbound, state } = props;
  const { x, y, width, height } = box;
  const isTroubled = health !== "healthy" && health !== "unknown";
  const nameStart = isTroubled ? 28 : 12;
  const nameRoom = width - nameStart - BUTTON;
  const letters = Math.max(6, Math.floor(nameRoom / LETTER));
  const shown = middleEllipsis(name, letters);
  const left = nameRoom - shown.length * LETTER - 12;
  const traffic = [`${inbound}   ${outbound}`.trim(), inbound].find((text) => text.length * FIGURE <= left) ?? "";
  return (
    <g className={`map-box ${state}`} data-health={health} transform={`translate(${x} ${y})`}>
      <rect className="map-box-field" width={width} height={height} rx={10} />
      <g className="map-box-title" data-select={box.id}>
        <title>{[name, inbound, outbound].filter((text) => text !== "").join(", ")}</title>
        <path className="map-box-bar" d={`M0 30V10A10 10 0 0 1 10 0H${width - 10}A10 10 0 0 1 ${width} 10V30Z`} />
        {isTroubled && <path className="map-health-mark" d={HEALTH_SHAPES[health]} transform="translate(17 15.5)" />}
        <text className="map-box-name" x={nameStart} y={20}>
          {shown}
        </text>
        <text className="map-box-rates" x={width - BUTTON - 4} y={20}>
          {traffic}
        </text>
      </g>
      <FoldButton id={box.id} x={width - BUTTON / 2 - 2} y={15} label={`Fold ${name}`} sign="M-4 0H4" />
    </g>
  );
});

/** The namespace's name over the whole height above its nodes: shown when the map is too far away for title bars. */
export const FarName = memo(function FarName({ box, name, room }: Pick<NamespaceBoxProps, "box" | "name" | "room">) {
  const size = Math.max(16, Math.min(room * 0.8, (box.width * 0.9) / (name.length * 0.6)));
  return (
    <text className="map-box-big" x={box.x + 12} y={box.y + room / 2} fontSize={size}>
      {name}
    </text>
  );
});

/** Folds or unfolds a namespace; not a tab stop: with the keyboard it is "c" on any node of the namespace. */
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
