/**
 * The clusters of the mesh as one changing list: those that settings name, and those that remote secrets bring and take
 * away while we run. Each has its own connection, state and errors; one that fails leaves the others alone.
 */
import { type ClusterSource, isSourceError, type SourceError, type SourceStatus } from "#lib/ports.ts";

/** A cluster to read, and what it is made of: with another `digest` under the same name it is another connection. */
export type WantedCluster = { readonly cluster: string; readonly digest: string; readonly open: () => ClusterSource };

/** Looks for clusters beyond the fixed ones. Rejects with SourceError. */
export type FindClusters = (signal: AbortSignal) => Promise<readonly WantedCluster[]>;

type Member = { readonly digest: string; readonly source: ClusterSource; readonly unsubscribe: () => void };

export type ClusterSetOptions = {
  readonly fixed: readonly ClusterSource[];
  /** Absent where nothing else is looked for. */
  readonly find?: FindClusters;
  readonly findEveryMs: number;
  readonly nowSeconds: () => number;
};

export class ClusterSet {
  #found = new Map<string, Member>();
  #sources: readonly ClusterSource[];
  #findStatus: SourceStatus | undefined;
  #started = false;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  readonly #fixed: readonly Member[];
  readonly #stopped = new AbortController();
  readonly #listeners = new Set<(cluster: string, version: number) => void>();
  readonly #options: ClusterSetOptions;

  constructor(options: ClusterSetOptions) {
    this.#options = options;
    this.#fixed = options.fixed.map((source) => this.#member("", source));
    this.#sources = options.fixed;
    if (options.find !== undefined) this.#findStatus = { state: "starting", sinceSeconds: options.nowSeconds() };
  }

  /** The clusters there are now; another array after each change. */
  get sources(): readonly ClusterSource[] {
    return this.#sources;
  }

  /** How the search for further clusters goes; undefined where nothing is looked for. */
  get findStatus(): SourceStatus | undefined {
    return this.#findStatus;
  }

  /** Calls the listener after a cluster changed, came or went; returns the way to stop. */
  onChange(listener: (cluster: string, version: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Starts every cluster and the search; returns at once. */
  start(): void {
    this.#started = true;
    for (const { source } of this.#fixed) source.start();
    this.#searchLater(0);
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    clearTimeout(this.#timer);
    await this.#looking;
    await Promise.all([...this.#fixed, ...this.#found.values()].map((member) => this.#end(member)));
  }

  #searchLater(waitMs: number): void {
    const { find } = this.#options;
    if (find === undefined || this.#stopped.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#search(find);
    }, waitMs);
    this.#timer.unref();
  }

  async #search(find: FindClusters): Promise<void> {
    const { nowSeconds, findEveryMs } = this.#options;
    const before = this.#findStatus;
    try {
      this.#become(await find(this.#stopped.signal));
      if (before?.state !== "ok") this.#findStatus = { state: "ok", sinceSeconds: nowSeconds() };
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      // What was found before stays: an answer that does not come says nothing about the clusters.
      const { kind, message, hint } = isSourceError(error) ? error : ourFault(error);
      const sinceSeconds = before?.state === "failing" ? before.sinceSeconds : nowSeconds();
      const retryAtSeconds = nowSeconds() + findEveryMs / 1000;
      this.#findStatus = { state: "failing", sinceSeconds, kind, message, hint, retryAtSeconds };
    } finally {
      this.#searchLater(findEveryMs);
    }
  }

  /** Makes the found clusters exactly these; a fixed one keeps its name against a found one. */
  #become(wanted: readonly WantedCluster[]): void {
    const next = new Map<string, Member>();
    for (const { cluster, digest, open } of wanted) {
      if (next.has(cluster) || this.#fixed.some(({ source }) => source.cluster === cluster)) continue;
      const current = this.#found.get(cluster);
      const member = current?.digest === digest ? current : this.#member(digest, open());
      next.set(cluster, member);
      if (member !== current && this.#started) member.source.start();
    }
    const gone = [...this.#found.values()].filter((member) => next.get(member.source.cluster) !== member);
    const come = [...next.values()].filter((member) => this.#found.get(member.source.cluster) !== member);
    this.#found = next;
    if (gone.length + come.length === 0) return;
    this.#sources = [...this.#fixed, ...next.values()].map(({ source }) => source);
    for (const member of gone) void this.#end(member);
    for (const { source } of [...gone, ...come]) this.#announce(source);
  }

  #member(digest: string, source: ClusterSource): Member {
    return { digest, source, unsubscribe: source.onChange(() => this.#announce(source)) };
  }

  #announce(source: ClusterSource): void {
    const { cluster, version } = source.snapshot();
    for (const listener of [...this.#listeners]) listener(cluster, version);
  }

  async #end({ source, unsubscribe }: Member): Promise<void> {
    unsubscribe();
    await source.close();
  }
}

/** Nobody waits for the search, so what it throws is said where its other failures are. */
function ourFault(error: unknown): Pick<SourceError, "kind" | "message" | "hint"> {
  const message = `The search for clusters failed: ${error instanceof Error ? error.message : String(error)}`;
  return { kind: "malformed", message, hint: "This is a fault of Meshscope: please report it." };
}
