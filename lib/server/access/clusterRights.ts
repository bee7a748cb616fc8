/**
 * What one viewer may see in one cluster, kept for seconds.
 *
 *   age   0 ──────── fresh ─────────────── 60 s
 *         as kept    as kept, and asked    waits for the answers
 *                    again meanwhile
 *
 * `fresh` is 15 s, longer where there is much to ask, so that a viewer costs an API server some fifty questions a second
 * at most. New namespaces are asked about at once, and alone.
 *
 * Most viewers of a large mesh see few of its namespaces. What they do not see takes most of the questions, and no harm
 * comes of learning late that it may be seen now: many hidden namespaces are asked about every three minutes only.
 */
import type { ClusterSight } from "#lib/domain/access/sight.ts";
import { type Clock, isSourceError, type SourceError } from "#lib/ports.ts";
import { type Asking, askClusterWide, askNamespaces, unansweredNamespaces } from "./askRights.ts";
import { sightOfRights } from "./assembleSight.ts";
import type { Answer, Look } from "./looks.ts";
import type { Rights } from "./rights.ts";

const FRESH_SECONDS = 15;
const FRESH_MOST_SECONDS = 45;
const KEPT_SECONDS = 60;
const QUESTIONS_PER_SECOND = 50;
const HIDDEN_SECONDS = 180;
const MANY_HIDDEN = 100;
/** After a failure or a refusal nobody is asked for a while. */
const REST_SECONDS = 5;
const LOOK_FOR_NEW_SECONDS = 1;
/** Those who came before have waited for it long enough. */
const OVERDUE_SECONDS = 2;

type Kept = {
  readonly rights: Rights;
  readonly sight: ClusterSight;
  readonly answeredAtSeconds: number;
  /** When every namespace was asked about, hidden ones too. */
  readonly wholeAtSeconds: number;
};

export class ClusterRights {
  #kept: Kept | undefined;
  #trouble: { readonly error: SourceError; readonly atSeconds: number } | undefined;
  #asking: Promise<void> | undefined;
  #askingSinceSeconds = 0;
  #askingNew: Promise<void> | undefined;
  /** When namespaces were last compared with the answers, and at which version of the cluster. */
  #compared = { atSeconds: 0, version: -1 };
  readonly #cluster: Asking;
  readonly #clock: Clock;
  readonly #failed: (failure: SourceError) => void;

  /** `failed` is told of each failure that is not a refusal. */
  constructor(cluster: Asking, clock: Clock, failed: (failure: SourceError) => void) {
    this.#cluster = cluster;
    this.#clock = clock;
    this.#failed = failed;
  }

  /**
   * What is known, asked for where it is not or no longer; what the cluster does wrong is an answer, too. At once, and not
   * as a promise, where nothing must be asked before: every request comes by here.
   */
  look(): Look | Answer {
    if (this.#isResting()) return this.#known();
    const kept = this.#usable();
    if (kept === undefined) {
      const hadTrouble = this.#trouble !== undefined;
      const look = this.#askAll().then(() => this.#known());
      const isOverdue = hadTrouble || this.#clock.nowSeconds() - this.#askingSinceSeconds >= OVERDUE_SECONDS;
      return { look, meanwhile: hadTrouble ? this.#known() : { kind: "pending" }, isOverdue };
    }
    // The answers of before will do for now; what is wrong shows when they are used up.
    if (this.#ageOf(kept) >= freshSeconds(kept.rights)) this.#askAll().catch(() => {});
    const asked = this.#askNew(kept);
    if (asked === undefined) return this.#known();
    return { look: asked.then(() => this.#known()), meanwhile: this.#known(), isOverdue: false };
  }

  #known(): Look {
    const failure = this.#trouble?.error;
    if (failure?.kind === "denied") return { kind: "refused" };
    const kept = this.#usable();
    if (kept !== undefined) return { kind: "sees", sight: kept.sight, ...(failure && { failure }) };
    return failure === undefined ? { kind: "pending" } : { kind: "failed", failure };
  }

  #isResting(): boolean {
    return this.#trouble !== undefined && this.#clock.nowSeconds() - this.#trouble.atSeconds < REST_SECONDS;
  }

  #usable(): Kept | undefined {
    if (this.#kept === undefined) return undefined;
    const age = this.#ageOf(this.#kept);
    // A clock that is set back must not make rights last.
    return age >= 0 && age < KEPT_SECONDS ? this.#kept : undefined;
  }

  #ageOf({ answeredAtSeconds }: Kept): number {
    return this.#clock.nowSeconds() - answeredAtSeconds;
  }

  /** Everything anew. Single flight. */
  #askAll(): Promise<void> {
    if (this.#asking !== undefined) return this.#asking;
    this.#askingSinceSeconds = this.#clock.nowSeconds();
    this.#asking = this.#judged(async () => {
      const clusterWide = await askClusterWide(this.#cluster);
      const stillHidden = this.#stillHidden(clusterWide);
      const before = stillHidden ?? clusterWide;
      const { rights, failure } = await askNamespaces(
        this.#cluster,
        before,
        unansweredNamespaces(this.#cluster, before),
      );
      // Half an answer is better than none, but not better than a whole one.
      const now = this.#clock.nowSeconds();
      const wholeAtSeconds = stillHidden === undefined ? now : (this.#kept?.wholeAtSeconds ?? now);
      if (failure === undefined || this.#usable() === undefined) this.#keep(rights, now, wholeAtSeconds);
      if (failure !== undefined) throw failure;
    }).finally(() => (this.#asking = undefined));
    return this.#asking;
  }

  /** With the answers about many hidden namespaces that will do for now; undefined where all must be asked for. */
  #stillHidden(clusterWide: Rights): Rights | undefined {
    const kept = this.#kept;
    if (kept === undefined || clusterWide.everyNamespace !== kept.rights.everyNamespace) return undefined;
    const age = this.#clock.nowSeconds() - kept.wholeAtSeconds;
    const hidden = [...kept.rights.namespaces].filter(([, kinds]) => kinds === undefined);
    if (age < 0 || age >= HIDDEN_SECONDS || hidden.length < MANY_HIDDEN) return undefined;
    // They count as asked for: the others come no more often because of them.
    return { ...clusterWide, namespaces: new Map(hidden), questions: clusterWide.questions + hidden.length };
  }

  /** Namespaces that came since, or whose question failed. Single flight, beside the other; undefined without any. */
  #askNew(kept: Kept): Promise<void> | undefined {
    if (this.#askingNew !== undefined) return this.#askingNew;
    const now = this.#clock.nowSeconds();
    if (now - this.#compared.atSeconds < LOOK_FOR_NEW_SECONDS) return undefined;
    const { version } = this.#cluster.snapshot();
    const isSame = version === this.#compared.version;
    this.#compared = { atSeconds: now, version };
    if (isSame) return undefined;
    const wanted = unansweredNamespaces(this.#cluster, kept.rights);
    if (wanted.length === 0) return undefined;
    this.#askingNew = this.#judged(async () => {
      const { rights, failure } = await askNamespaces(this.#cluster, kept.rights, wanted);
      // Asked for everything meanwhile: then these are among it, or are asked for again.
      if (this.#kept === kept) this.#keep(rights, kept.answeredAtSeconds, kept.wholeAtSeconds);
      if (failure === undefined) return;
      this.#compared = { atSeconds: now, version: -1 };
      throw failure;
    }).finally(() => (this.#askingNew = undefined));
    return this.#askingNew;
  }

  async #judged(ask: () => Promise<void>): Promise<void> {
    try {
      await ask();
      this.#trouble = undefined;
    } catch (error) {
      if (!isSourceError(error)) throw error;
      this.#trouble = { error, atSeconds: this.#clock.nowSeconds() };
      // Expired or revoked: nothing of before is theirs any more.
      if (error.kind === "denied") this.#kept = undefined;
      else this.#failed(error);
    }
  }

  #keep(rights: Rights, answeredAtSeconds: number, wholeAtSeconds: number): void {
    this.#kept = { rights, sight: sightOfRights(rights), answeredAtSeconds, wholeAtSeconds };
    this.#compared = { atSeconds: answeredAtSeconds, version: -1 };
  }
}

function freshSeconds({ questions }: Rights): number {
  return Math.min(FRESH_MOST_SECONDS, Math.max(FRESH_SECONDS, questions / QUESTIONS_PER_SECOND));
}
