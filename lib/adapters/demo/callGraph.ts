/**
 * The calls of the mesh under one configuration, walked once. A node is a workload serving requests of one kind (the
 * headers they carry and, for gateways, the host they are passed on to). The requests it serves are a constant times
 * the calls its roots make, and everything telemetry reports is a constant times the requests of a node: that is what
 * makes reading any window exact and cheap.
 */
import type { MeshViews, Workload } from "./meshView.ts";
import { failingShare, isFailure } from "./responses.ts";
import { type ResponseTime, shareWithin } from "./responseTime.ts";
import { type Leg, resolveCall } from "./routing.ts";
import type { Call, Failures, Operation, Program, Root, World } from "./world.ts";

export type Passage = {
  readonly leg: Leg;
  /** Of the leg's requests, the shares that never connected, lost their connection, and reached the server. */
  readonly refused: number;
  readonly broken: number;
  readonly reached: number;
  /** Of those that reached it, the share that the client gave up on. */
  readonly late: number;
  /** The node that serves them, in CallGraph.nodes. */
  readonly server?: string | undefined;
};

export type OutgoingCall = { readonly call: Call; readonly passages: readonly Passage[] };

export type Node = {
  /** Undefined: something outside the mesh. */
  readonly workload: Workload | undefined;
  readonly calls: readonly OutgoingCall[];
  readonly time: ResponseTime;
  /** Shares of the program's own bad responses by status, and of those it owes to failures of calls it needs. */
  readonly failures: Failures;
  readonly propagated: number;
  readonly operations: readonly Operation[];
  /** Requests served for one call of a root: root → requests. */
  readonly requests: Map<number, number>;
};

/** Nodes by key; those of the roots come first, keyed by their place. */
export type CallGraph = { readonly nodes: ReadonlyMap<string, Node> };

/** The longest chain of calls that is followed: meshes have cycles, and traffic in them fades. */
const MAX_DEPTH = 16;
/** Fractions of requests nobody could measure. */
const NEGLIGIBLE = 1e-7;

/** How long hosts outside the mesh take. */
export const OUTSIDE_TIME: ResponseTime = { meanMilliseconds: 90, steepness: 3, delayedShare: 0, delayMilliseconds: 0 };

/** Walks the calls of every root. */
export function walkCalls(viewOf: MeshViews, world: Pick<World, "programs" | "roots">): CallGraph {
  const nodes = new Map<string, Node>();
  const open = new Set<string>();

  /** The node's key, and the node unless it is still being walked: nobody waits for an answer in a circle. */
  const serve = (workload: Workload, headers: Root["headers"], received: Call): { key: string; node?: Node } => {
    const isGateway = workload.mode === "proxy" && workload.gateways.length > 0;
    const passedOn = isGateway ? `${received.host}:${received.port}${received.path ?? ""}` : "";
    const key = `${workload.cluster}/${workload.namespace}/${workload.name} ${JSON.stringify(headers ?? {})} ${passedOn}`;
    let node = nodes.get(key);
    if (node === undefined && !open.has(key)) {
      open.add(key);
      const own = programOf(world, workload);
      const program = isGateway ? { ...own, calls: [{ ...received, perRequest: 1 }] } : own;
      node = makeNode(workload, program, headers);
      open.delete(key);
      nodes.set(key, node);
    }
    return { key, ...(node && { node }) };
  };

  const makeNode = (workload: Workload | undefined, program: Program, headers: Root["headers"]): Node => {
    const answers = new Map<Passage, Node>();
    const calls = program.calls.map((made): OutgoingCall => {
      const passages = resolveCall(viewOf(workload), workload, { ...made, headers: headers ?? {} }).map(
        (leg): Passage => {
          if (leg.target.kind !== "workload") return { leg, refused: 0, broken: 0, reached: 1, late: 0 };
          const target = leg.target.workload;
          const { key, node } = serve(target, headers, made);
          const shares = connect(viewOf, workload, leg, programOf(world, target));
          const passage = { leg, ...shares, late: lateShare(leg, node), server: key };
          if (node !== undefined) answers.set(passage, node);
          return passage;
        },
      );
      return { call: made, passages };
    });
    const { brokenImage } = program;
    const isBroken = workload?.containers.some(({ image }) => image === brokenImage?.image) ?? false;
    const broken = brokenImage !== undefined && isBroken ? brokenImage : program;
    return {
      workload,
      calls,
      ...awaitCalls(broken.milliseconds, program.steepness ?? 3.2, calls, answers),
      failures: broken.failures ?? {},
      operations: program.operations ?? [],
      requests: new Map(),
    };
  };

  const origins = world.roots.map((root) => {
    const workload = root.from && viewOf(undefined).workload(root.from.namespace, root.from.workload);
    // A root whose workload was removed falls silent.
    const isGone = root.from !== undefined && (workload === undefined || workload.pods.length === 0);
    return makeNode(workload, { calls: isGone ? [] : root.calls, milliseconds: 0 }, root.headers);
  });
  const graph = { nodes: new Map([...origins.map((node, at) => [`root ${at}`, node] as const), ...nodes]) };
  origins.forEach((origin, root) => spread(graph, origin, root));
  return graph;
}

/**
 * Requests each program sends on its way, root by root, in rounds: one round is one step further down the chains. The
 * messages of a stream that stays open set nothing off.
 */
function spread(graph: CallGraph, origin: Node, root: number): void {
  let arriving = new Map<Node, number>([[origin, 1]]);
  for (let depth = 0; depth < MAX_DEPTH && arriving.size > 0; depth += 1) {
    const next = new Map<Node, number>();
    for (const [node, requests] of arriving) {
      node.requests.set(root, (node.requests.get(root) ?? 0) + requests);
      for (const { call, passages } of node.calls) {
        if (call.staysOpen === true) continue;
        for (const { leg, reached, server } of passages) {
          const receiver = server === undefined ? undefined : graph.nodes.get(server);
          const sent = requests * call.perRequest * leg.share * reached;
          if (receiver !== undefined && sent > NEGLIGIBLE) next.set(receiver, (next.get(receiver) ?? 0) + sent);
        }
      }
    }
    arriving = next;
  }
}

function programOf(world: Pick<World, "programs">, workload: Workload): Program {
  const name = `${workload.namespace}/${workload.name}`;
  const key = [`${workload.cluster}/${name}`, name].find((candidate) => Object.hasOwn(world.programs, candidate));
  const known = key === undefined ? undefined : world.programs[key];
  return known ?? { calls: [], milliseconds: workload.mode === "proxy" ? 1 : 12 };
}

function connect(
  viewOf: MeshViews,
  caller: Workload | undefined,
  leg: Leg,
  program: Program,
): Pick<Passage, "refused" | "broken" | "reached"> {
  const target = leg.target.kind === "workload" ? leg.target.workload : undefined;
  const strict = target !== undefined && target.mode !== "none" && viewOf(target).peerMode(target) === "STRICT";
  if (strict && !isMutual(viewOf, caller, leg)) return { refused: 1, broken: 0, reached: 0 };
  const refused = leg.mirrored ? 0 : (program.refusedShare ?? 0);
  const broken = leg.mirrored ? 0 : (program.brokenShare ?? 0);
  return { refused, broken, reached: Math.max(0, 1 - refused - broken) };
}

/** Whether both ends speak mutual TLS: both have a proxy, and neither the client's nor the server's configuration forbids it. */
export function isMutual(viewOf: MeshViews, caller: Workload | undefined, leg: Leg): boolean {
  if (leg.target.kind !== "workload" || caller === undefined) return false;
  const { workload } = leg.target;
  if (caller.mode === "none" || workload.mode === "none") return false;
  if (caller.mode === "ambient" || workload.mode === "ambient") return true;
  return !leg.plaintext && viewOf(workload).peerMode(workload) !== "DISABLE";
}

function lateShare(leg: Leg, server: Node | undefined): number {
  if (leg.timeoutSeconds === undefined || leg.timeoutSeconds <= 0 || server === undefined) return 0;
  const late = 1 - shareWithin(server.time, (leg.timeoutSeconds - leg.delaySeconds) * 1000);
  return late < 1e-4 ? 0 : late;
}

/** Time and failures of a program that makes its calls one after the other and needs all but the optional ones. */
function awaitCalls(
  ownMilliseconds: number,
  steepness: number,
  calls: readonly OutgoingCall[],
  answers: ReadonlyMap<Passage, Node>,
): { time: ResponseTime; propagated: number } {
  let milliseconds = ownMilliseconds;
  let delayedShare = 0;
  let delayWeight = 0;
  let well = 1;
  for (const { call, passages } of calls) {
    if (call.staysOpen === true) continue;
    let failing = 0;
    for (const passage of passages) {
      const { leg, refused, broken, reached, late } = passage;
      if (leg.mirrored) continue;
      const share = call.perRequest * leg.share;
      if (leg.target.kind === "reply") {
        failing += isFailure(leg.target.reply) ? leg.share : 0;
        continue;
      }
      const answer = answers.get(passage);
      const limit = (leg.timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
      const time = leg.target.kind === "external" ? OUTSIDE_TIME : answer?.time;
      const waited = time?.meanMilliseconds ?? 0;
      milliseconds += share * reached * Math.min(limit, waited + 0.5);
      const delay = (answer?.time.delayMilliseconds ?? 0) * (answer?.time.delayedShare ?? 0) + leg.delaySeconds * 1000;
      const delayed = Math.min(1, share) * (leg.delaySeconds > 0 ? 1 : (answer?.time.delayedShare ?? 0));
      delayedShare += delayed;
      delayWeight += share * Math.min(limit, delay);
      failing +=
        leg.share *
        (refused + broken + reached * (late + (1 - late) * (answer === undefined ? 0 : failingShare(answer))));
    }
    if (call.optional !== true) well *= 1 - Math.min(1, call.perRequest) * Math.min(1, failing);
  }
  const share = Math.min(1, delayedShare);
  const time: ResponseTime = {
    meanMilliseconds: Math.max(0.2, milliseconds),
    steepness,
    delayedShare: share,
    delayMilliseconds: share > 0 ? delayWeight / share : 0,
  };
  const propagated = 1 - well;
  return { time, propagated: propagated < 0.002 ? 0 : propagated };
}

/** Mean time of an answer at the client, milliseconds: the server's and the delay put before it. */
export function clientTime(server: ResponseTime, delaySeconds: number): ResponseTime {
  if (delaySeconds === 0) return server;
  const delayed = { ...server, delayedShare: 1, delayMilliseconds: delaySeconds * 1000 };
  return { ...delayed, delayMilliseconds: delaySeconds * 1000 + server.delayedShare * server.delayMilliseconds };
}
