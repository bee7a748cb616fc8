/** The map alone on a page, for measuring and looking: ?nodes=1000&edges=3000&seed=7&theme=dark, or ?drawn for the drawn mesh. */
import "@fontsource-variable/inter/opsz.css";
import "../../app/tokens.css";
import "./mapPage.css";
import { useEffect, useMemo, useState } from "react";
import { createRoot } from "react-dom/client";
import { MapCanvas } from "#components/map/canvas/MapCanvas.tsx";
import { useLayout } from "#components/map/canvas/useLayout.ts";
import type { Graph } from "#lib/domain/graph/graph.ts";
import { groupGraph } from "#lib/domain/graph/group.ts";
import { travelGraph } from "#test/fixtures/drawnMesh.ts";
import { syntheticGraph } from "#test/fixtures/graphs.ts";

declare global {
  interface Window {
    map: { refresh(): void };
  }
}

const parameters = new URLSearchParams(location.search);
const number = (name: string, fallback: number) => Number(parameters.get(name) ?? fallback);
document.documentElement.dataset.theme = parameters.get("theme") ?? "light";

function makeGraph(seed: number): Graph {
  return parameters.has("drawn") ? travelGraph() : syntheticGraph(number("nodes", 200), number("edges", 600), seed);
}

/** The same graph with other figures, as a refresh brings it. */
function drift(graph: Graph): Graph {
  return {
    ...graph,
    edges: graph.edges.map((edge, index) =>
      index % 10 === 0 && edge.protocol !== "tcp" ? { ...edge, requestsPerSecond: edge.requestsPerSecond * 1.3 } : edge,
    ),
  };
}

function Page() {
  const [graph, setGraph] = useState(() => makeGraph(number("seed", 7)));
  const [selected, setSelected] = useState<string | undefined>(parameters.get("select") ?? undefined);
  const grouping = useMemo(() => groupGraph(graph), [graph]);
  const layout = useLayout(graph, grouping, "bench");
  useEffect(() => {
    window.map = { refresh: () => setGraph(drift) };
  }, []);
  return (
    <MapCanvas
      graph={graph}
      grouping={grouping}
      layout={layout}
      selected={selected}
      onSelect={setSelected}
      onToggleBox={() => undefined}
      labels={["rate", "errors", "p95"]}
      showTraffic={parameters.get("traffic") !== "off"}
    />
  );
}

const root = document.getElementById("map");
if (root !== null) createRoot(root).render(<Page />);
