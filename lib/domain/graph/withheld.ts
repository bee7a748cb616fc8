/** Nodes of which the viewer may know nothing but that they are there, or by which host they are called. */
import type { GraphNode } from "./graph.ts";

/** An inaccessible node with a namespace is another thing: telemetry names it, and the process itself may not read it. */
export function isWithheld({ flags, namespace }: Pick<GraphNode, "flags" | "namespace">): boolean {
  return namespace === "" && flags.includes("inaccessible");
}
