/**
 * Which proxies run on old configuration, as istiod knows it: /debug/syncz of every istiod pod, through a port-forward.
 * istiod answers its debug endpoints to callers from localhost only, and so not through the API server's pod proxy.
 *
 *   GET http://localhost:15014/debug/syncz
 *   [{ "proxy": "reviews-v1-5b….bookinfo", "cluster_sent": "Kx…", "cluster_acked": "Kx…", "listener_sent": … }, …]
 *
 * A proxy lags when what it was sent last is not what it acknowledged, and that for two polls running: pushes take seconds.
 * All of this is optional. It needs `get` and `create` on pods/portforward; where that is missing nothing is known, and
 * nothing is wrong.
 * @see https://github.com/istio/istio/blob/master/pilot/pkg/xds/debug.go
 */
import type { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import type { ObjectMeta } from "#lib/domain/mesh/meshObject.ts";
import { type ProxySync, proxyKey } from "#lib/domain/mesh/proxySync.ts";
import { shape, shapes, text } from "#lib/domain/mesh/shape.ts";
import { Pauses } from "./backoff.ts";
import type { KubeClient } from "./kubeClient.ts";
import { getForwarded } from "./portForward.ts";

export type ProxySyncTimings = {
  readonly proxySyncMs: number;
  /** After istiod, or the API server, refused to tell. */
  readonly proxySyncDeniedMs: number;
};

export type ProxySyncPoller = {
  /** Undefined while not every istiod has told. */
  readonly current: ProxySync | undefined;
  /** Rises with each change of `current`. */
  readonly version: number;
  /** Polls until the signal aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
};

const TIMEOUT_MS = 10_000;
const MONITORING_PORT = 15014;
/** 20,000 proxies are some 20 MB. */
const LIMIT_BYTES = 64 * 1024 * 1024;

/** Polls the istiods of an index; `changed` is called after each change. */
export function createProxySync(options: {
  readonly client: KubeClient;
  readonly index: MeshIndex;
  readonly timings: ProxySyncTimings;
  readonly changed: () => void;
  /** Told why nothing is known, once a reason. */
  readonly debug?: (message: string) => void;
}): ProxySyncPoller {
  const { client, index, timings, changed, debug } = options;
  let reason: string | undefined;
  let current: ProxySync | undefined;
  let version = 0;
  let lagging: ReadonlySet<string> = new Set();

  function keep(next: ProxySync | undefined): void {
    if (isSame(current, next)) return;
    current = next;
    version += 1;
    changed();
  }

  function explain(cause: unknown): void {
    const next = `proxy sync is not known: ${cause instanceof Error ? cause.message : String(cause)}`;
    if (next !== reason) debug?.(next);
    reason = next;
  }

  async function ask({ namespace, name }: ObjectMeta, signal: AbortSignal): Promise<ProxySync> {
    const answer = await getForwarded(client, {
      namespace,
      pod: name,
      port: MONITORING_PORT,
      path: "/debug/syncz",
      signal,
      timeoutMs: TIMEOUT_MS,
      limitBytes: LIMIT_BYTES,
    }).catch((cause: unknown) => {
      throw new Error(`istiod ${namespace}/${name}: ${cause instanceof Error ? cause.message : String(cause)}`);
    });
    return readSyncz(JSON.parse(answer));
  }

  /** Says how long to wait for the next poll. */
  async function poll(signal: AbortSignal): Promise<number> {
    const istiods = istiodPods(index);
    const answers = await Promise.allSettled(istiods.map(async (metadata) => ask(metadata, signal)));
    if (signal.aborted) return 0;
    const failed = answers.find((answer) => answer.status === "rejected");
    if (failed !== undefined) explain(failed.reason);
    else reason = undefined;
    const told = answers.flatMap((answer) => (answer.status === "fulfilled" ? [answer.value] : []));
    if (told.length < answers.length || answers.length === 0) {
      lagging = new Set();
      keep(undefined);
      return answers.length === 0 ? timings.proxySyncMs : timings.proxySyncDeniedMs;
    }
    const inStep = new Map<string, boolean>();
    // A proxy that moved to another istiod may still be listed by the one it left.
    for (const rows of told) for (const [key, isSynced] of rows) inStep.set(key, isSynced || inStep.get(key) === true);
    const behind = new Set([...inStep].flatMap(([key, isSynced]) => (isSynced ? [] : key)));
    keep(new Map(Array.from(inStep.keys(), (key) => [key, !(behind.has(key) && lagging.has(key))])));
    lagging = behind;
    return timings.proxySyncMs;
  }

  return {
    get current() {
      return current;
    },
    get version() {
      return version;
    },
    async run(signal) {
      const pauses = new Pauses();
      while (!signal.aborted) await pauses.pause(await poll(signal), signal);
    },
  };
}

/** Every istiod that runs. */
function istiodPods(index: MeshIndex): ObjectMeta[] {
  return index.list("/Pod").flatMap(({ metadata, status }) => {
    return metadata.labels["app"] === "istiod" && shape(status)["phase"] === "Running" ? [metadata] : [];
  });
}

const TYPES = ["cluster", "listener", "route", "endpoint", "extensionconfig"] as const;

/** By proxyKey: whether all that was sent is acknowledged. Rows that name no proxy are left out. */
export function readSyncz(answer: unknown): ProxySync {
  const rows = new Map<string, boolean>();
  for (const row of shapes(answer)) {
    const proxy = text(row["proxy"]) ?? "";
    // "pod.namespace": a pod's name may hold dots, a namespace's may not.
    const dot = proxy.lastIndexOf(".");
    if (dot <= 0) continue;
    const key = proxyKey(proxy.slice(dot + 1), proxy.slice(0, dot));
    const isSynced = TYPES.every((type) => {
      const sent = text(row[`${type}_sent`]);
      return sent === undefined || sent === text(row[`${type}_acked`]);
    });
    rows.set(key, isSynced || rows.get(key) === true);
  }
  return rows;
}

function isSame(left: ProxySync | undefined, right: ProxySync | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.size === right.size && [...left].every(([key, isSynced]) => right.get(key) === isSynced);
}
