/** Runs the layout off the main thread. Each request carries a number, so that late answers can be told from the wanted one. */
import type { LayoutInput, LayoutResult } from "./layout.ts";
import { layoutGraph } from "./layoutGraph.ts";

export type LayoutRequest = {
  readonly request: number;
  readonly input: LayoutInput;
  readonly previous?: LayoutResult;
};

export type LayoutAnswer = { readonly request: number; readonly result: LayoutResult };

/** The part of a worker's global scope that is used here: TypeScript's "dom" and "webworker" libraries exclude each other. */
type WorkerScope = {
  onmessage: ((event: MessageEvent<LayoutRequest>) => void) | null;
  postMessage(answer: LayoutAnswer): void;
};

const scope = globalThis as unknown as WorkerScope;
scope.onmessage = ({ data }) => {
  scope.postMessage({ request: data.request, result: layoutGraph(data.input, data.previous) });
};
