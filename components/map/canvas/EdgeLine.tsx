import { memo } from "react";
import type { Health } from "#lib/domain/health/health.ts";
import type { Route } from "#lib/layout/layout.ts";
import { routePath, routePieces, sampleRoute } from "#lib/layout/route.ts";
import { arrowhead } from "./edgeLook.ts";

export type EdgeLineProps = {
  readonly id: string;
  readonly route: Route;
  readonly health: Health;
  readonly width: number;
  /** Spoken. */
  readonly description: string;
  /** Shown on hover: the description, and why it is not healthy. */
  readonly tooltip: string;
  /** Space-separated: tcp, idle, selected, dimmed, match; added, removed, more, less, same while comparing. */
  readonly state: string;
};

/** An edge: a wide invisible line to point at, and the line itself, which ends in an arrowhead. */
export const EdgeLine = memo(function EdgeLine(props: EdgeLineProps) {
  const { id, route, health, width, description, tooltip, state } = props;
  return (
    <g
      className={`map-edge ${state}`}
      data-select={id}
      data-health={health}
      role="button"
      aria-label={description}
      aria-pressed={state.includes("selected")}
      tabIndex={-1}
    >
      <title>{tooltip}</title>
      <path className="map-edge-hit" d={routePath(route)} />
      {routePieces(route).map((piece) => (
        <path key={piece} className="map-edge-line" d={piece} strokeWidth={width} />
      ))}
      <path className="map-edge-head" d={arrowhead(route, 7 + 1.2 * width)} />
      {state.includes("removed") && <path className="map-edge-cross" d={cross(route)} />}
    </g>
  );
});

/** A cross in the middle of a route. */
function cross(route: Route): string {
  const points = sampleRoute(route, 8);
  const middle = 2 * Math.floor(points.length / 4);
  const [x = 0, y = 0] = points.slice(middle, middle + 2);
  return `M${x - 5},${y - 5}l10,10m0,-10l-10,10`;
}
