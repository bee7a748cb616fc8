import { memo } from "react";
import type { QuietPath } from "./crowd.ts";

/** Edges without trouble in a crowd: seen, not heard. What is pointed at is found by geometry, and each is also in the tables. */
export const QuietEdges = memo(function QuietEdges(props: {
  readonly paths: readonly QuietPath[];
  readonly isDimmed: boolean;
}) {
  return (
    <g className={props.isDimmed ? "map-quiet dimmed" : "map-quiet"} aria-hidden="true">
      {props.paths.map(({ key, kind, width, d }) => (
        <path key={key} className={kind} d={d} strokeWidth={width} />
      ))}
    </g>
  );
});
