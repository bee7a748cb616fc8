/** Two moments of the mesh, compared on the server for scripts. */
import { diffGraphs, type GraphDiff } from "#lib/domain/graph/diff.ts";
import type { Viewer } from "./access/viewer.ts";
import { type GraphRequest, type LoadedGraph, loadGraph } from "./loadGraph.ts";
import type { ReadingSources } from "./loadReading.ts";

/** `withSeconds` is the moment compared with; the diff says what changed from then to `atSeconds`. Rejects with SourceError. */
export async function loadComparison(
  running: ReadingSources,
  viewer: Viewer,
  { withSeconds, ...request }: GraphRequest & { readonly withSeconds: number },
  signal: AbortSignal,
): Promise<{ readonly before: LoadedGraph; readonly after: LoadedGraph; readonly diff: GraphDiff }> {
  const [before, after] = await Promise.all([
    loadGraph(running, viewer, { ...request, atSeconds: withSeconds }, signal),
    loadGraph(running, viewer, request, signal),
  ]);
  return { before, after, diff: diffGraphs(before, after) };
}
