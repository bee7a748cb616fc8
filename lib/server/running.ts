/**
 * The running instance, and the only way to it. Next bundles routes and instrumentation apart, each with its own copy
 * of every module, so the instance is kept on globalThis.
 */
import type { Clock, ClusterSource, SourceStatus } from "#lib/ports.ts";
import type { AccessControl } from "./access/accessControl.ts";
import type { ForgeryGuard } from "./access/forgery.ts";
import type { Login } from "./access/login.ts";
import type { EventHub } from "./eventHub.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { SelfMetrics } from "./selfMetrics.ts";
import type { Settings } from "./settings.ts";
import type { TelemetryReader } from "./telemetryReader.ts";
import type { Audit } from "./write/audit.ts";

export type Runtime = {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: TelemetryReader;
  /** Those there are now: remote clusters come and go. */
  readonly clusters: readonly ClusterSource[];
  /** How the search for remote clusters goes; undefined where none is made. */
  readonly clusterSearch: SourceStatus | undefined;
  readonly access: AccessControl;
  readonly login: Login;
  readonly forgery: ForgeryGuard;
  /** Whether anybody may change anything. */
  readonly writing: "enabled" | "off";
  readonly audit: Audit;
  readonly events: EventHub;
  readonly metrics: SelfMetrics;
  readonly limits: Limits;
  /** Seconds between two live readings. */
  readonly stepSeconds: number;
  /** Istio's metrics of the demo mesh, of one pod or of all; absent outside the demo. */
  readonly demoMetrics?: (
    pod: { namespace: string; pod: string } | undefined,
    signal: AbortSignal,
  ) => Promise<string | undefined>;
  /** What happened at start that a person should read: refused manifests. */
  readonly notices: readonly string[];
  /** Aborted when the process is told to stop: open streams end on it. */
  readonly stopping: AbortSignal;
  close(): Promise<void>;
};

const KEY = Symbol.for("meshscope.runtime");
const holder = globalThis as typeof globalThis & { [KEY]?: Runtime };

export function runningRuntime(): Runtime | undefined {
  return holder[KEY];
}

/** Keeps the instance for the whole process; undefined forgets it. */
export function keepRuntime(instance: Runtime | undefined): void {
  if (instance === undefined) delete holder[KEY];
  else holder[KEY] = instance;
}

/** The running instance. Throws before it was started. */
export function runtime(): Runtime {
  const running = runningRuntime();
  if (running === undefined) throw new Error("The runtime has not been started: instrumentation.ts does so at start");
  return running;
}
