/**
 * When the certificates of gateways end: the Secrets that gateways name are read one by one (never listed), when a gateway
 * names another one and every ten minutes (every minute while one could not be read), and of each only the certificate is
 * kept: secretFields.ts.
 * Needs `get` on secrets, and so is off unless it is asked for.
 */
import { type CertificateWanted, collectCertificateUses } from "#lib/domain/mesh/certificateUses.ts";
import type { CertificateFacts, CertificateState, GatewayCertificate } from "#lib/domain/mesh/gatewayCertificate.ts";
import type { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { Pauses } from "./backoff.ts";
import { readCertificates } from "./certificateFacts.ts";
import { type KubeClient, pathSegment } from "./kubeClient.ts";
import { readSecretFields } from "./secretFields.ts";

export type CertificateTimings = {
  /** How often it is looked at whether gateways name other Secrets. */
  readonly certificateCheckMs: number;
  /** How often every Secret is read again. */
  readonly certificateMs: number;
  /** The same while there are some of which nothing is known yet. */
  readonly certificateRetryMs: number;
};

export type CertificatePoller = {
  /** Undefined until all have been read for the first time. */
  readonly current: readonly GatewayCertificate[] | undefined;
  /** Rises with each change of `current`. */
  readonly version: number;
  /** Reads until the signal aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
};

const AT_ONCE = 4;
const TIMEOUT_MS = 10_000;
/** Names of the key and the certificate as `kubectl create secret tls` writes them, and as Istio also reads them. */
const PAIRS = [
  ["tls.crt", "tls.key"],
  ["cert", "key"],
] as const;
const AUTHORITIES = ["ca.crt", "cacert"] as const;
const WANTED: ReadonlySet<string> = new Set([...PAIRS.map(([certificate]) => certificate), ...AUTHORITIES]);

/** Follows the gateways of an index; `changed` is called after each change. */
export function createGatewayCertificates(options: {
  readonly client: KubeClient;
  readonly index: MeshIndex;
  readonly timings: CertificateTimings;
  readonly changed: () => void;
}): CertificatePoller {
  const { client, index, timings, changed } = options;
  const states = new Map<string, CertificateState>();
  let current: readonly GatewayCertificate[] | undefined;
  let version = 0;

  function keep(wanted: readonly CertificateWanted[]): void {
    const next = wanted.map(({ namespace, name, usedBy, isGranted }): GatewayCertificate => {
      const unread: CertificateState = { state: "unknown", message: "it has not been read yet" };
      return {
        namespace,
        name,
        usedBy,
        ...(isGranted ? (states.get(pathOf({ namespace, name })) ?? unread) : REFUSED),
      };
    });
    if (JSON.stringify(next) === JSON.stringify(current)) return;
    current = next;
    version += 1;
    changed();
  }

  async function read(wanted: CertificateWanted, signal: AbortSignal): Promise<void> {
    const path = pathOf(wanted);
    const state = await readState(client, wanted, signal);
    // What was read before is better than not to know.
    if (signal.aborted || (state.state === "unknown" && states.has(path))) return;
    states.set(path, state);
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
      let lookedAt: number | undefined;
      let readAt = -Infinity;
      while (!signal.aborted) {
        const isMissing = [...states.values()].some(({ state }) => state === "unknown");
        const dueMs = isMissing ? timings.certificateRetryMs : timings.certificateMs;
        const isDue = performance.now() - readAt >= dueMs;
        if (isDue || index.version !== lookedAt) {
          lookedAt = index.version;
          const wanted = collectCertificateUses(index);
          const granted = wanted.filter(({ isGranted }) => isGranted);
          const names = new Set(granted.map(pathOf));
          for (const path of states.keys()) if (!names.has(path)) states.delete(path);
          if (isDue) readAt = performance.now();
          const due = granted.filter((secret) => isDue || !states.has(pathOf(secret)));
          await inTurn(due, AT_ONCE, (secret) => read(secret, signal));
          if (!signal.aborted) keep(wanted);
        }
        await pauses.pause(timings.certificateCheckMs, signal);
      }
    },
  };
}

const REFUSED: CertificateState = {
  state: "not-granted",
  message: "the Secret is in another namespace, where no ReferenceGrant allows the gateway to use it",
};

function pathOf({ namespace, name }: Pick<CertificateWanted, "namespace" | "name">): string {
  return `${namespace}/${name}`;
}

async function readState(
  client: KubeClient,
  { namespace, name }: CertificateWanted,
  signal: AbortSignal,
): Promise<CertificateState> {
  try {
    const path = `/api/v1/namespaces/${pathSegment(namespace)}/secrets/${pathSegment(name)}`;
    const response = await client.request({ path, signal, timeoutMs: TIMEOUT_MS });
    if (response.status !== 200) {
      response.discard();
      if (response.status === 404) return { state: "missing", message: `there is no Secret ${namespace}/${name}` };
      if (response.status === 403) return { state: "denied", message: grant(namespace, name) };
      return { state: "unknown", message: `the API server answered ${response.status}` };
    }
    const { data, keys } = await readSecretFields(response.chunks, WANTED);
    return stateOf(data, keys);
  } catch (error) {
    // The cause may quote what was read.
    const isUnread = error instanceof SyntaxError || error instanceof RangeError;
    return { state: "unknown", message: isUnread ? "the answer could not be read" : "the API server does not answer" };
  }
}

function grant(namespace: string, name: string): string {
  return `not allowed to read it: grant get on secrets, with the resource name "${name}", in the namespace ${namespace}`;
}

function stateOf(data: ReadonlyMap<string, string>, keys: ReadonlySet<string>): CertificateState {
  const [certificate, key] = PAIRS.find(([name]) => keys.has(name)) ?? PAIRS[0];
  const absent = [certificate, key].find((name) => !keys.has(name));
  if (absent !== undefined) return { state: "not-tls", message: `it holds no ${absent}` };
  const [leaf, ...chain] = certificatesIn(data.get(certificate));
  if (leaf === undefined) return unreadable(certificate);
  const authority = AUTHORITIES.find((name) => data.has(name));
  const authorities = authority === undefined ? [] : certificatesIn(data.get(authority));
  if (authority !== undefined && authorities.length === 0) return unreadable(authority);
  return { state: "ok", leaf, chain, authorities };
}

function unreadable(field: string): CertificateState {
  return { state: "unreadable", message: `its ${field} holds no certificate in PEM that can be read` };
}

function certificatesIn(base64: string | undefined): readonly CertificateFacts[] {
  try {
    return readCertificates(base64 ?? "");
  } catch {
    return [];
  }
}

/** Runs at most `width` at once. */
async function inTurn<T>(items: readonly T[], width: number, run: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await run(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
