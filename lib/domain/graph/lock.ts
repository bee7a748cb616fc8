/** Mutual TLS of an edge in one word, for what is drawn on it. */
import type { GraphEdge } from "./graph.ts";

export type Lock = "full" | "partial" | "none" | "unknown";

/** "full" only where all traffic was mutual TLS, "none" only where nothing was; "unknown" where no reporter could tell. */
export function lockOf({ mtlsPercent }: Pick<GraphEdge, "mtlsPercent">): Lock {
  if (mtlsPercent === undefined) return "unknown";
  if (mtlsPercent >= 100) return "full";
  return mtlsPercent > 0 ? "partial" : "none";
}
