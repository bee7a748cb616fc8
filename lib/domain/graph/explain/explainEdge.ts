/** Why an edge is told by one side only, and why it is not, or not known to be, mutual TLS. */
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import type { Graph, GraphEdge } from "../graph.ts";
import { isWithheld } from "../withheld.ts";
import { explainSecurity } from "./edgeSecurity.ts";
import { type Explanation, setScene } from "./explanation.ts";
import { explainOneSide } from "./oneSide.ts";
import { some } from "./words.ts";

/** What is odd about an edge, most telling first; [] when both sides report it and all of it is mutual TLS. */
export function explainEdge(edge: GraphEdge, graph: Graph, mesh: MeshNodes): Explanation[] {
  const scene = setScene(graph, mesh);
  const source = scene.node(edge.source);
  const target = scene.node(edge.target);
  if (source === undefined || target === undefined) return [];
  const ends = { edge, target, clients: scene.startsOf(source.id), servers: scene.endsOf(target.id) };
  // How the side that may not be seen is set up is not known.
  if (isWithheld(source) || isWithheld(target)) return [];
  return some(explainOneSide(ends), explainSecurity(ends));
}
