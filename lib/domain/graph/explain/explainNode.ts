/** Why a node is what it is: only for nodes that leave people guessing. */
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import type { Graph, GraphNode } from "../graph.ts";
import { isWithheld } from "../withheld.ts";
import { explainDead, explainIdle, explainInaccessible, explainOutOfMesh } from "./configurationGaps.ts";
import { explainEnvoyCluster } from "./envoyClusters.ts";
import { type Explanation, type Scene, setScene } from "./explanation.ts";
import { explainNoWorkload, explainUnreached } from "./serviceCalls.ts";
import { explainUnknownCaller } from "./unknownCaller.ts";
import { explainWithheld } from "./withheld.ts";
import { some } from "./words.ts";

/** What is odd about a node, most telling first; [] when nothing is. From the reading that `graph` and `mesh` come from. */
export function explainNode(node: GraphNode, graph: Graph, mesh: MeshNodes): Explanation[] {
  const scene = setScene(graph, mesh);
  // Whatever else could be said of it would be a guess.
  if (isWithheld(node)) return [explainWithheld(node, scene)];
  switch (node.type) {
    case "unknown":
      return [explainUnknownCaller(node, scene)];
    case "passthrough":
    case "blackhole":
      return [explainEnvoyCluster(node, scene)];
    case "service":
    case "serviceEntry":
      return some(explainUnreached(node, scene), explainNoWorkload(node, scene), ...explainFlags(node, scene));
    default:
      return explainFlags(node, scene);
  }
}

function explainFlags(node: GraphNode, scene: Scene): Explanation[] {
  const has = (flag: GraphNode["flags"][number]) => node.flags.includes(flag);
  return some(
    has("inaccessible") && explainInaccessible(node, scene),
    has("dead") && explainDead(node, scene),
    has("outOfMesh") && explainOutOfMesh(node, scene),
    has("idle") && explainIdle(node, scene),
  );
}
