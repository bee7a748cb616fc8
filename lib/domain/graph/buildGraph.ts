/**
 * Reading in, graph out: the one way from telemetry and configuration to what is drawn, exported and tested.
 * Runs in the browser for every change of view, and on the server for /api/v1/graph.
 */
import { rateRules } from "#lib/domain/health/rateRules.ts";
import { type HealthConfig, NO_HEALTH_CONFIG } from "#lib/domain/health/tolerances.ts";
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import { type EdgeTable, PROTOCOLS, type Protocol } from "#lib/domain/telemetry/edgeTable.ts";
import type { LatencyIndex } from "#lib/domain/telemetry/latency.ts";
import { emptyDraft } from "./draft.ts";
import { finishGraph } from "./finishGraph.ts";
import type { Graph, GraphType } from "./graph.ts";
import { meshLookupOf } from "./meshLookup.ts";
import { addIdleNodes } from "./steps/addIdleNodes.ts";
import { collapseBoxes } from "./steps/collapseBoxes.ts";
import { describeNodes } from "./steps/describeNodes.ts";
import { dropSilentEdges } from "./steps/dropSilentEdges.ts";
import { hideInaccessible } from "./steps/hideInaccessible.ts";
import { judgeEdges } from "./steps/judgeEdges.ts";
import { judgeNodes, toleranceByNode } from "./steps/judgeNodes.ts";
import { placeEdges } from "./steps/placeEdges.ts";
import { selectNamespaces } from "./steps/selectNamespaces.ts";
import { selectProtocols } from "./steps/selectProtocols.ts";

export type GraphInput = {
  readonly edges: EdgeTable;
  readonly mesh: MeshNodes;
  readonly latency?: LatencyIndex | undefined;
  /** The window of the rates: how many calls a share stands for decides what it proves. */
  readonly windowSeconds: number;
  /** Absent: the default tolerances. */
  readonly health?: HealthConfig;
};

export type GraphOptions = {
  readonly graphType: GraphType;
  /** Draw services between callers and workloads. Always so in the service graph. */
  readonly serviceNodes: boolean;
  /** Draw what is configured but had no traffic. */
  readonly idleNodes: boolean;
  /** Draw operations between callers and what they call, where the table has them. */
  readonly operations: boolean;
  /** Draw the connections of ztunnels that carry calls which a sidecar or waypoint reports in full. */
  readonly tunnelLegs: boolean;
  /** Kinds of traffic that are drawn. What is hidden still counts for health. */
  readonly protocols: ReadonlySet<Protocol>;
  /** Empty: every namespace. Callers and targets outside stay as outsiders. */
  readonly namespaces: ReadonlySet<string>;
  /** Box ids of the namespaces and clusters folded into one node. */
  readonly collapsed: ReadonlySet<string>;
};

/** Workloads of the whole mesh, with services between them; nothing folded, nothing idle. */
export const DEFAULT_GRAPH_OPTIONS: GraphOptions = {
  graphType: "workload",
  serviceNodes: true,
  idleNodes: false,
  operations: false,
  tunnelLegs: false,
  protocols: new Set(PROTOCOLS),
  namespaces: new Set(),
  collapsed: new Set(),
};

export function buildGraph(input: GraphInput, options: GraphOptions): Graph {
  const lookup = meshLookupOf(input.mesh);
  const draft = emptyDraft();
  placeEdges(draft, input.edges, input.latency, lookup, options);
  dropSilentEdges(draft);
  if (options.idleNodes) addIdleNodes(draft, input.mesh, lookup, options);
  describeNodes(draft, lookup);
  hideInaccessible(draft, lookup);
  const rules = rateRules(input.health ?? NO_HEALTH_CONFIG);
  const context = { tolerances: toleranceByNode(draft, rules), windowSeconds: input.windowSeconds };
  judgeNodes(draft, context);
  judgeEdges(draft, context);
  selectProtocols(draft, options.protocols);
  selectNamespaces(draft, options.namespaces);
  collapseBoxes(draft, options.collapsed);
  return finishGraph(draft, options.graphType);
}
