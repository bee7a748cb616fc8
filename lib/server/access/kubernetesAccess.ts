/**
 * What Kubernetes says of viewers: who they are, and what they may see in each cluster. Answers are kept for seconds and
 * shared by all requests of the same credentials; see clusterRights.ts for how long, askRights.ts for what is asked.
 *
 * Clusters are asked side by side. One that fails is not seen, and said; see looks.ts for how long it is waited for.
 */
import { createHmac, randomBytes } from "node:crypto";
import { type ClusterSight, EVERYTHING, type Sight } from "#lib/domain/access/sight.ts";
import {
  type Clock,
  type ClusterSource,
  type Credentials,
  isSourceError,
  SourceError,
  type Warning,
} from "#lib/ports.ts";
import { ProblemError } from "../problemError.ts";
import { RecentMap } from "../recentMap.ts";
import { assembleSight, WHOLE_CLUSTER } from "./assembleSight.ts";
import { ClusterRights } from "./clusterRights.ts";
import { Gate } from "./gate.ts";
import { type Answer, type Look, lookTogether } from "./looks.ts";
import type { Viewer } from "./viewer.ts";

/** Each has a few hundred kilobytes at 2,000 namespaces. */
const KEPT_VIEWERS = 500;
/** Questions of all viewers under way in one cluster. */
const GATE_WIDTH = 64;
const PATIENCE_MS = 2_000;
const WARN_EVERY_SECONDS = 60;

export type KubernetesAccess = {
  /** Rejects with SourceError, of kind "denied" where every cluster refuses the credentials. */
  identify(credentials: Credentials, signal: AbortSignal): Promise<{ user: string; groups: readonly string[] }>;
  /** Rejects with ProblemError 401 where every cluster refuses them, with SourceError where none can be asked. */
  sightOf(viewer: Pick<Viewer, "credentials">, signal: AbortSignal): Promise<Sight>;
};

export type KubernetesAccessOptions = {
  /** Those there are now; the first is asked first who somebody is. */
  readonly clusters: () => readonly ClusterSource[];
  readonly clock: Clock;
  /** Namespaces that settings name: they are known where they cannot be listed. */
  readonly namespaces?: readonly string[] | undefined;
  /** Told why a cluster cannot be asked, at most once a minute. */
  readonly warn?: (cluster: string, failure: SourceError) => void;
  readonly patienceMs?: number;
};

type Known = {
  readonly rights: WeakMap<ClusterSource, ClusterRights>;
  /** The last sight and what it was made of: made anew only when something else came. */
  made?: Ingredients & { readonly sight: Sight };
};

export function createKubernetesAccess(options: KubernetesAccessOptions): KubernetesAccess {
  const { clusters, clock, namespaces: namedNamespaces = [], patienceMs = PATIENCE_MS, warn = () => {} } = options;
  const viewers = new RecentMap<string, Known>(KEPT_VIEWERS);
  const gates = new WeakMap<ClusterSource, Gate>();
  const warnedAtSeconds = new WeakMap<ClusterSource, number>();
  const secret = randomBytes(32);

  function failed(source: ClusterSource, failure: SourceError): void {
    const now = clock.nowSeconds();
    if (now - (warnedAtSeconds.get(source) ?? Number.NEGATIVE_INFINITY) < WARN_EVERY_SECONDS) return;
    warnedAtSeconds.set(source, now);
    warn(source.cluster, failure);
  }

  /** No token is kept as a key, nor a hash that could be compared with one made elsewhere. */
  function known(credentials: Credentials): Known {
    const id = createHmac("sha256", secret).update(JSON.stringify(credentials)).digest("base64url");
    const found = viewers.get(id) ?? { rights: new WeakMap() };
    viewers.set(id, found);
    return found;
  }

  function look(source: ClusterSource, as: Credentials, { rights }: Known): Look | Answer {
    const { access } = source;
    if (access === undefined) return { kind: "sees", sight: WHOLE_CLUSTER };
    let held = rights.get(source);
    if (held === undefined) {
      const gate = gates.get(source) ?? new Gate(GATE_WIDTH);
      gates.set(source, gate);
      // Nobody's leaving ends it: what is answered serves the next request.
      const { signal } = new AbortController();
      const snapshot = () => source.snapshot();
      const asking = { access, as, gate, snapshot, namedNamespaces, signal };
      held = new ClusterRights(asking, clock, (failure) => failed(source, failure));
      rights.set(source, held);
    }
    return held.look();
  }

  return {
    async identify(credentials, signal) {
      const failures: unknown[] = [];
      for (const { access } of clusters()) {
        if (access === undefined) continue;
        try {
          // In this order: the first cluster's word counts, the others' only where it has none.
          return await access.identify(credentials, signal);
        } catch (error) {
          if (!isSourceError(error)) throw error;
          failures.push(error);
        }
      }
      // A cluster that cannot be asked might know them: then it is not certain that they are nobody.
      const open = failures.find((failure) => isSourceError(failure) && failure.kind !== "denied");
      throw open ?? failures[0] ?? new Error("There is no cluster that could be asked who somebody is");
    },
    async sightOf({ credentials }, signal) {
      if (credentials.kind === "process") return EVERYTHING;
      signal.throwIfAborted();
      const viewer = known(credentials);
      const sources = clusters();
      const answers = sources.map((source) => look(source, credentials, viewer));
      const isKnown = answers.every((answer): answer is Look => "kind" in answer);
      const looks = isKnown ? answers : await lookTogether(answers, patienceMs, signal);
      const { made } = viewer;
      if (made !== undefined && isSame(made, { sources, looks })) return made.sight;
      const sight = unite(sources, looks);
      viewer.made = { looks, sources, sight };
      return sight;
    },
  };
}

type Ingredients = { readonly sources: readonly ClusterSource[]; readonly looks: readonly Look[] };

function isSame(before: Ingredients, now: Ingredients): boolean {
  return (
    before.sources.length === now.sources.length &&
    now.sources.every((source, at) => source === before.sources[at] && isSameLook(now.looks[at], before.looks[at]))
  );
}

function isSameLook(left: Look | undefined, right: Look | undefined): boolean {
  const partsOf = (look: Look | undefined): unknown[] => [
    look?.kind,
    look?.kind === "sees" ? look.sight : undefined,
    look !== undefined && "failure" in look ? look.failure : undefined,
  ];
  const parts = partsOf(right);
  return partsOf(left).every((part, at) => part === parts[at]);
}

const NOT_ASKED: Look = { kind: "pending" };

function unite(sources: readonly ClusterSource[], looks: readonly Look[]): Sight {
  const seen = new Map<string, ClusterSight>();
  const warnings = new Map<string, Warning>();
  for (const [at, { cluster }] of sources.entries()) {
    const look = looks[at] ?? NOT_ASKED;
    // A cluster that shows nothing has no name either, even where it knows the login.
    const shown = look.kind === "sees" && showsSomething(look.sight) ? look.sight : undefined;
    if (shown !== undefined) seen.set(cluster, shown);
    const warning = warningOf(shown && cluster, look);
    if (warning !== undefined) warnings.set(warning.message, warning);
  }
  if (looks.length === 0 || looks.some(({ kind }) => kind === "sees"))
    return assembleSight(seen, [...warnings.values()]);
  const failed = looks.find((look) => look.kind === "failed");
  if (failed !== undefined) throw failed.failure;
  if (looks.some((look) => look.kind === "pending"))
    throw new SourceError({
      source: "kubernetes",
      kind: "timeout",
      message: "No cluster has said yet what this viewer may see",
      hint: "It is asked for again with the next request.",
    });
  throw new ProblemError(401, "Your login has expired", {
    detail: "Kubernetes does not accept your credentials any more.",
    hint: "Log in again.",
    extra: { reason: "expired" },
  });
}

function showsSomething({ everyNamespace, kinds, namespaces }: ClusterSight): boolean {
  return everyNamespace || kinds.size > 0 || namespaces.size > 0;
}

/** `cluster` is its name where something of it is seen: the names of others are not the viewer's to know. */
function warningOf(cluster: string | undefined, look: Look): Warning | undefined {
  switch (look.kind) {
    case "refused":
      return {
        code: "cluster-not-yours",
        message: "A cluster does not accept your login: nothing of it is shown.",
        hint: "Its API server must trust the same identity provider.",
      };
    case "pending":
      return {
        code: "access-pending",
        message: "A cluster has not said yet what you may see of it.",
        hint: "It is shown as soon as it has.",
      };
    // Why is said in the log: addresses of API servers and our own account's rights are not for every viewer.
    case "failed":
      return {
        code: "access-unknown",
        message: "A cluster cannot be asked what you may see of it: nothing of it is shown.",
        hint: "It is tried again every few seconds; the server's log has the reason.",
      };
    case "sees":
      return look.failure === undefined
        ? undefined
        : {
            code: "access-incomplete",
            message: `${cluster === undefined ? "A cluster" : `Cluster ${cluster}`} could not be asked in full what you may see of it: something may be missing.`,
            hint: "It is tried again every few seconds; the server's log has the reason.",
          };
  }
}
