/** What lies in a namespace that the viewer may not see: its calls are counted, and it is not named. */
import type { GraphNode } from "../graph.ts";
import { isolate } from "../isolate.ts";
import type { Explanation, Scene } from "./explanation.ts";
import { counterparties, rateOf, some } from "./words.ts";

const ASK = "Ask the cluster's administrator for the right to get the namespace; its names are shown from then on.";

/** Why nothing is said of calls between two nodes of which the viewer may not see one; undefined where there are calls. */
export function explainWithheldEdge(source: GraphNode, target: GraphNode, scene: Scene): Explanation | undefined {
  if (scene.outOf(source.id).some((edge) => edge.target === target.id)) return undefined;
  return {
    kind: "missing",
    summary: `No call from ${isolate(source.label)} to ${isolate(target.label)} is shown.`,
    evidence: [],
    causes: ["One of them is in a namespace that you may not see: what lies between them is not shown."],
    remedies: [ASK],
  };
}

export function explainWithheld(node: GraphNode, scene: Scene): Explanation {
  const [into, outOf] = [scene.into(node.id), scene.outOf(node.id)];
  const isHost = node.type === "service";
  return {
    kind: "inaccessible",
    summary: isHost
      ? `${isolate(node.label)} is in a namespace that you may not see. Shown are its name, as it was called, and the calls.`
      : "This stands for everything in namespaces that you may not see. Shown are the figures of all their calls together.",
    evidence: some(
      into.length > 0 && { label: "Called by", value: counterparties(into, "source", scene.node) },
      outOf.length > 0 && { label: "Calls", value: counterparties(outOf, "target", scene.node) },
      { label: "Traffic", value: rateOf([...into, ...outOf]) },
    ),
    causes: [`Kubernetes does not let you get the ${isHost ? "namespace" : "namespaces"}.`],
    remedies: [ASK],
  };
}
