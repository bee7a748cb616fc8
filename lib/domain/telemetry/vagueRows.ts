/**
 * Rows that say less of an edge than another reporter's rows of the same calls: proxies tell each other who they are, and
 * now and then that gets lost. Taken as they come such rows would draw the same calls twice.
 *
 *   client  shop/web → cart → ?/?        (primary → ?)      the client knows the service it called, no more
 *   server  shop/web → cart → shop/cart-v1  (primary → west)   one edge, not two
 *
 * What may be missing: the source's cluster; the destination's cluster (istio#29373); the destination's workload.
 */
import { assumeCluster, edgeKey, joinKey } from "./edgeKey.ts";
import { MOST_PAIRS, NOBODY } from "./edgeSecurity.ts";
import { type EdgeLabels, type PrincipalLabels, REPORTERS, type Reporter } from "./reports.ts";

/** Whether `labels` (knownLabels) leave out what another reporter may know. An unknown caller is a fact, not a gap. */
export function isVague(labels: EdgeLabels): boolean {
  return lacksSourceCluster(labels) || lacksCluster(labels) || lacksWorkload(labels);
}

function lacksSourceCluster({ sourceCluster, sourceWorkload, sourceApp }: EdgeLabels): boolean {
  return sourceCluster === "" && (sourceWorkload !== "" || sourceApp !== "");
}

/** Only inside a namespace: what is called beyond the mesh is in no cluster. */
function lacksCluster({ destinationCluster, destinationServiceNamespace }: EdgeLabels): boolean {
  return destinationCluster === "" && destinationServiceNamespace !== "";
}

/** True for calls of which only the service is known. */
export function lacksWorkload({ destinationWorkload, destinationApp }: EdgeLabels): boolean {
  return destinationWorkload === "" && destinationApp === "";
}

type Edge = { readonly labels: EdgeLabels; readonly protocol: string; readonly sides: ReadonlyMap<Reporter, unknown> };
type VagueRow = { readonly labels: EdgeLabels; readonly protocol: string; readonly reporter: Reporter };

/** A row of telemetry, and what is known of its place. */
type Reported = VagueRow & {
  readonly row: PrincipalLabels & { readonly securityPolicy: string; readonly perSecond: number };
};

/**
 * Vague rows, those that say the same as one. Each is compared with every edge it may be of, so a label without end
 * (flags of TCP, principals) would cost its values times those edges: it must not make more rows than can be read.
 */
export class SummedRows<Row extends Reported> {
  readonly #byWords = new Map<string, Map<string, Row>>();

  /** `words`: what else of the row counts where it is placed. */
  add(row: Row, words: string): void {
    const { labels, protocol, reporter, row: own } = row;
    const key = joinKey(edgeKey(labels, protocol), reporter, words, own.securityPolicy);
    let alike = this.#byWords.get(key);
    if (alike === undefined) this.#byWords.set(key, (alike = new Map()));
    const pair = joinKey(own.sourcePrincipal, own.destinationPrincipal);
    const isTold = alike.has(pair) || alike.size < MOST_PAIRS;
    const place = isTold ? pair : "";
    const before = alike.get(place)?.row.perSecond ?? 0;
    const sum = { ...own, ...(isTold ? {} : NOBODY), perSecond: before + own.perSecond };
    alike.set(place, { ...row, row: sum });
  }

  rows(): Row[] {
    return [...this.#byWords.values()].flatMap((alike) => [...alike.values()]);
  }
}

/** Finds, for vague rows, the edges whose calls they may be: those that agree in all a row says, as others reported. */
export class CandidateEdges<Candidate extends Edge> {
  readonly #byCall = new Map<string, Candidate[]>();

  /** Looks only at edges to the hosts that `rows` call: vague rows are few. */
  constructor(edges: Iterable<Candidate>, rows: readonly VagueRow[]) {
    const hosts = new Set(rows.map(({ labels }) => labels.destinationService));
    for (const edge of edges) {
      if (!hosts.has(edge.labels.destinationService)) continue;
      const key = callKey(edge);
      const found = this.#byCall.get(key);
      if (found === undefined) this.#byCall.set(key, [edge]);
      else found.push(edge);
    }
  }

  of(row: VagueRow): readonly Candidate[] {
    const candidates = this.#byCall.get(callKey(row)) ?? [];
    return candidates.filter((edge) => fills(edge.labels, row.labels) && hasOther(edge, row.reporter));
  }
}

/** The rows of each reporter in the order to place them: from the server outwards, those that name a workload first. */
export function inPlacingOrder<Row extends VagueRow>(rows: readonly Row[]): readonly (readonly Row[])[] {
  return REPORTERS.flatMap((reporter) =>
    [false, true].map((isOpen) =>
      rows.filter((row) => row.reporter === reporter && lacksWorkload(row.labels) === isOpen),
    ),
  ).filter((group) => group.length > 0);
}

/** The edge of calls that no other reporter tells of: in the one cluster that the other calls reach, else the caller's. */
export function ownEdge(labels: EdgeLabels, candidates: readonly Edge[]): EdgeLabels {
  const clusters = new Set(candidates.map((edge) => edge.labels.destinationCluster));
  const [cluster = ""] = clusters.size === 1 ? clusters : [];
  return assumeCluster(labels.destinationCluster === "" ? { ...labels, destinationCluster: cluster } : labels);
}

/** What a vague row always says. */
function callKey({ labels, protocol }: { readonly labels: EdgeLabels; readonly protocol: string }): string {
  return joinKey(
    labels.sourceNamespace,
    labels.sourceWorkload,
    labels.sourceApp,
    labels.sourceVersion,
    labels.destinationServiceNamespace,
    labels.destinationService,
    labels.destinationServiceName,
    protocol,
  );
}

function fills(full: EdgeLabels, vague: EdgeLabels): boolean {
  return (
    !isVague(full) &&
    (vague.sourceCluster === full.sourceCluster || lacksSourceCluster(vague)) &&
    (vague.destinationCluster === full.destinationCluster || lacksCluster(vague)) &&
    (lacksWorkload(vague) ||
      (vague.destinationWorkload === full.destinationWorkload &&
        vague.destinationNamespace === full.destinationNamespace &&
        vague.destinationApp === full.destinationApp &&
        vague.destinationVersion === full.destinationVersion))
  );
}

function hasOther({ sides }: Edge, reporter: Reporter): boolean {
  return sides.size > 1 || (sides.size === 1 && !sides.has(reporter));
}
