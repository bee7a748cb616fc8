/**
 * The four small interfaces through which the outside world enters.
 * Adapters implement them; lib/server/runtime.ts picks the adapters; nothing else knows which one is at work.
 */
import type { KubernetesObject, ObjectChange } from "#lib/domain/change/objectChange.ts";
import type { ChangeHistory } from "#lib/domain/mesh/changeLog.ts";
import type { GatewayCertificate } from "#lib/domain/mesh/gatewayCertificate.ts";
import type { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import type { ObjectRef } from "#lib/domain/mesh/meshObject.ts";
import type { ProxySync } from "#lib/domain/mesh/proxySync.ts";
import type { Detail, DetailReport, LatencyReport, RateReport } from "#lib/domain/telemetry/reports.ts";
import type { SeriesRequest, TimeSeries } from "#lib/domain/telemetry/timeSeries.ts";

/** Wall-clock time in unix seconds (fractions allowed). */
export type Clock = { nowSeconds(): number };

/** Something a person should know about the data they see. `code` is stable, for scripts and tests. */
export type Warning = { readonly code: string; readonly message: string; readonly hint?: string };

export type SourceErrorKind = "unreachable" | "denied" | "timeout" | "rejected" | "malformed";

/** The one error adapters throw: which source, what kind of failure, and what to do about it. */
export class SourceError extends Error {
  override readonly name = "SourceError";
  readonly source: string;
  readonly kind: SourceErrorKind;
  readonly hint: string;

  constructor(details: { source: string; kind: SourceErrorKind; message: string; hint: string; cause?: unknown }) {
    super(details.message, { cause: details.cause });
    this.source = details.source;
    this.kind = details.kind;
    this.hint = details.hint;
  }
}

/**
 * Whether something thrown is a SourceError. By name, not by class: Next bundles routes and instrumentation apart, so
 * the class that threw may be another copy of the class that asks.
 */
export function isSourceError(error: unknown): error is SourceError {
  return error instanceof Error && error.name === "SourceError";
}

/** Window and moment of an instant reading: rates over [atSeconds - windowSeconds, atSeconds]. */
export type Moment = { readonly windowSeconds: number; readonly atSeconds: number };

/** What is known of a telemetry server. `foundBy` says how it was chosen ("setting MESHSCOPE_PROMETHEUS_URL", "Service monitoring/prometheus"). */
export type TelemetryDescription = {
  readonly name: string;
  readonly foundBy: string;
  /** What the server is ("Prometheus", "VictoriaMetrics"), where it can be told. */
  readonly product?: string;
  readonly version?: string;
  /** How rates are read, in words, where not from the proxies' own series. */
  readonly reads?: string;
  readonly scrapeIntervalSeconds: number;
  readonly retentionSeconds?: number;
  readonly warnings: readonly Warning[];
};

/**
 * Where rates, latencies and time series come from. Every call rejects with SourceError, honours the signal,
 * and ends within the adapter's own timeout.
 */
export type TelemetrySource = {
  /** Reads (and caches) what the server says about itself. */
  describe(signal: AbortSignal): Promise<TelemetryDescription>;
  /** The rate lane: every edge of the mesh in a fixed number of queries. */
  readRates(moment: Moment, signal: AbortSignal): Promise<RateReport>;
  /**
   * The latency lane: averages of the whole mesh; histogram buckets only for calls into `namespaces`, and from them to
   * places outside every namespace (external hosts, PassthroughCluster).
   */
  readLatency(
    request: Moment & { readonly namespaces: readonly string[] },
    signal: AbortSignal,
  ): Promise<LatencyReport>;
  /** What views ask for beyond the rate lane: one mesh-wide query for each of `details`, whatever the mesh's size. */
  readDetails(request: Moment & { readonly details: readonly Detail[] }, signal: AbortSignal): Promise<DetailReport>;
  /** Rates over time of one scope or object, for sparklines and the time strip. */
  readSeries(request: SeriesRequest, signal: AbortSignal): Promise<TimeSeries>;
  close(): Promise<void>;
};

/** How a source is doing. `sinceSeconds` is when the state began; `retryAtSeconds` when it is tried again. */
export type SourceStatus =
  | { readonly state: "starting"; readonly sinceSeconds: number }
  | { readonly state: "ok"; readonly sinceSeconds: number }
  | {
      readonly state: "failing";
      readonly sinceSeconds: number;
      readonly kind: SourceErrorKind;
      readonly message: string;
      readonly hint: string;
      readonly retryAtSeconds?: number;
    };

/** State of one watched kind: an absent CRD or a forbidden kind is said, not failed. */
export type KindStatus = {
  readonly group: string;
  readonly kind: string;
  readonly state: "listing" | "watching" | "absent" | "denied" | "failing";
  readonly message?: string;
};

/** Everything known of a cluster's configuration now. `index` is live: read it synchronously, never keep it. */
export type ClusterSnapshot = {
  readonly cluster: string;
  readonly version: number;
  readonly index: MeshIndex;
  /** What changed while we watched. */
  readonly changes: ChangeHistory;
  readonly status: SourceStatus;
  readonly kinds: readonly KindStatus[];
  /** Which proxies have the newest configuration; absent where istiod cannot be asked. */
  readonly proxySync?: ProxySync;
  /** Of the Secrets that gateways name; absent where they are not to be read, or have not been read yet. */
  readonly certificates?: readonly GatewayCertificate[];
};

/** As whom the API server is asked: our own account, the bearer of a token, or somebody our account may speak for. */
export type Credentials =
  | { readonly kind: "process" }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "impersonation"; readonly user: string; readonly groups: readonly string[] };

/** One question to the authorizer; absent namespace: in all of them, or the kind is cluster-scoped. `*` is any. */
export type AccessQuestion = {
  readonly verb: string;
  readonly group: string;
  /** Plural, as in URLs: "virtualservices". */
  readonly resource: string;
  readonly namespace?: string;
  readonly name?: string;
};

/** What somebody may do in a namespace. @see https://kubernetes.io/docs/reference/access-authn-authz/authorization/ */
export type AccessRules = {
  readonly rules: readonly {
    readonly verbs: readonly string[];
    readonly groups: readonly string[];
    readonly resources: readonly string[];
    /** Empty: every name. */
    readonly names: readonly string[];
  }[];
  /** An authorizer cannot list its rules (webhooks): what is missing from them must be asked one by one. */
  readonly incomplete: boolean;
};

/**
 * Asks a cluster who somebody is and what they may do. Every call rejects with SourceError; kind "denied" means that the
 * credentials themselves are refused (expired, revoked), never that an answer is "no".
 */
export type ClusterAccess = {
  identify(
    as: Credentials,
    signal: AbortSignal,
  ): Promise<{ readonly user: string; readonly groups: readonly string[] }>;
  may(as: Credentials, question: AccessQuestion, signal: AbortSignal): Promise<boolean>;
  rules(as: Credentials, namespace: string, signal: AbortSignal): Promise<AccessRules>;
};

export type WriteErrorReason =
  /** The object is not as it was when it was read, or is gone and back. */
  | "conflict"
  | "denied"
  /** Refused for what it says: by the schema, a policy or an admission webhook. */
  | "invalid"
  | "missing"
  | "exists"
  /** The cluster does not serve the kind in that version. */
  | "unsupported";

/** A field that an API server objects to, in its words. */
export type FieldCause = { readonly field: string; readonly message: string };

/** The API server refused a change; nothing was changed. `message` is in its words. */
export class WriteError extends Error {
  override readonly name = "WriteError";
  readonly reason: WriteErrorReason;
  readonly causes: readonly FieldCause[];
  /** What is there instead, where the reason is "conflict" or "exists" and it may be read. */
  readonly current: KubernetesObject | undefined;

  constructor(details: {
    readonly reason: WriteErrorReason;
    readonly message: string;
    readonly causes?: readonly FieldCause[];
    readonly current?: KubernetesObject | undefined;
    readonly cause?: unknown;
  }) {
    super(details.message, { cause: details.cause });
    this.reason = details.reason;
    this.causes = details.causes ?? [];
    this.current = details.current;
  }
}

/** By name, as isSourceError. */
export function isWriteError(error: unknown): error is WriteError {
  return error instanceof Error && error.name === "WriteError";
}

/** The object before and after a change, managedFields left out, and what the API server warns of. */
export type Written = {
  /** Told by a dry run of an update or a deletion; what is written then relies on its precondition. */
  readonly before?: KubernetesObject;
  /** Absent after a deletion; there while a deleted object waits for its finalizers. */
  readonly after?: KubernetesObject;
  readonly warnings: readonly string[];
};

/**
 * Reads and changes whole objects of a cluster on somebody's behalf. Rejects with WriteError when the API server refuses,
 * and with SourceError as every call: "denied" when the credentials themselves are not accepted, and after any other kind
 * nobody knows whether a change was made.
 */
export type ClusterWriter = {
  /**
   * Whose credentials the process holds: a person's (their own kubeconfig, on their machine), an account's that all
   * viewers would share, or nobody's where there is nothing to protect.
   */
  readonly processIs: "person" | "account" | "nobody";
  /** The object as it is now; undefined where there is none. */
  read(ref: ObjectRef, as: Credentials, signal: AbortSignal): Promise<KubernetesObject | undefined>;
  /** `dryRun`: everything is checked, admission included, and nothing is kept. */
  write(
    change: ObjectChange,
    options: { readonly as: Credentials; readonly dryRun: boolean },
    signal: AbortSignal,
  ): Promise<Written>;
};

/** Where Kubernetes objects come from: one source a cluster. */
export type ClusterSource = {
  readonly cluster: string;
  /** Begins to list and watch; returns at once, whether or not the API server can be reached. */
  start(): void;
  snapshot(): ClusterSnapshot;
  /** Calls the listener after the index or the status changed; returns the way to stop. */
  onChange(listener: () => void): () => void;
  readonly writer?: ClusterWriter;
  /** Absent where there is nobody to ask (the demo): then all that is known may be seen. */
  readonly access?: ClusterAccess;
  close(): Promise<void>;
};

/** A span tree store such as Jaeger or Tempo. No adapter yet. @public */
export type TraceSource = {
  /** Trace ids that passed an object within [startSeconds, endSeconds], newest first. */
  findTraces(
    request: { namespace: string; workload: string; startSeconds: number; endSeconds: number; limit: number },
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  close(): Promise<void>;
};
