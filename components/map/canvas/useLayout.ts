/** The layout of the graph on screen, computed in a worker; the last one stays while a new one is on its way. */
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import type { Graph } from "#lib/domain/graph/graph.ts";
import type { Grouping } from "#lib/domain/graph/group.ts";
import { graphLayoutInput } from "#lib/layout/graphLayoutInput.ts";
import type { LayoutInput, LayoutResult } from "#lib/layout/layout.ts";
import { layoutGraph } from "#lib/layout/layoutGraph.ts";
import type { LayoutAnswer, LayoutRequest } from "#lib/layout/layoutWorker.ts";

/** A layout and the arrangement it was made for. */
export type MapLayout = LayoutResult & { readonly arrangement: string };

type Computer = {
  compute(input: LayoutInput, previous: LayoutResult | undefined, done: (result: LayoutResult) => void): void;
  close(): void;
};

/**
 * Lays out `graph` whenever its nodes or edges change; figures may change freely. `arrangement` names what the viewer chose to see
 * (graph type, scope, folded namespaces): while it stays, known nodes stay where they are. A new arrangement takes the shape of
 * `place`, where it will be shown. Undefined until the first layout is there.
 */
export function useLayout(
  graph: Graph,
  grouping: Grouping,
  arrangement: string,
  place?: RefObject<HTMLElement | null>,
): MapLayout | undefined {
  const [layout, setLayout] = useState<MapLayout>();
  const latest = useRef<MapLayout>(undefined);
  const computer = useRef<Computer>(undefined);
  const input = useSameInput(graph, grouping);

  useEffect(() => {
    computer.current = startComputer();
    return () => computer.current?.close();
  }, []);

  useEffect(() => {
    const previous = latest.current;
    const rearrange = previous !== undefined && previous.arrangement !== arrangement;
    let isWanted = true;
    const aspect = aspectOf(place?.current);
    computer.current?.compute({ ...input, rearrange, ...aspect }, previous, (result) => {
      if (!isWanted) return;
      latest.current = { ...result, arrangement };
      setLayout(latest.current);
    });
    return () => {
      isWanted = false;
    };
  }, [input, arrangement, place]);
  return layout;
}

/** Width to height; extremes would only make long strips. */
function aspectOf(place: HTMLElement | null | undefined): { readonly aspect?: number } {
  if (place == null || place.clientHeight === 0) return {};
  return { aspect: Math.min(2.4, Math.max(0.5, place.clientWidth / place.clientHeight)) };
}

/** The layout input of a graph, kept the same object while it says the same. */
function useSameInput(graph: Graph, grouping: Grouping): LayoutInput {
  const key = useMemo(() => JSON.stringify(graphLayoutInput(graph, grouping)), [graph, grouping]);
  return useMemo(() => JSON.parse(key) as LayoutInput, [key]);
}

function startComputer(): Computer {
  if (typeof Worker === "undefined") {
    return { compute: (input, previous, done) => done(layoutGraph(input, previous)), close: () => undefined };
  }
  const worker = new Worker(new URL("../../../lib/layout/layoutWorker.ts", import.meta.url), { type: "module" });
  let newest = 0;
  let waiting: ((result: LayoutResult) => void) | undefined;
  worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => {
    if (data.request === newest) waiting?.(data.result);
  };
  return {
    compute: (input, previous, done) => {
      newest += 1;
      waiting = done;
      const request: LayoutRequest = { request: newest, input, ...(previous === undefined ? {} : { previous }) };
      worker.postMessage(request);
    },
    close: () => worker.terminate(),
  };
}
