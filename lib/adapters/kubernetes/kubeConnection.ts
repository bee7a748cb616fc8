/**
 * Where the API server is and how to prove who we are: from a kubeconfig or from the account of our own pod.
 * @kubernetes/client-node reads kubeconfigs and runs their login plugins; it is loaded only then, since it takes 90 MB.
 */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { ConnectionOptions } from "node:tls";
import { SourceError } from "#lib/ports.ts";

export type KubeConnection = {
  /** For people: "context kind-dev", "in-cluster account". */
  readonly foundBy: string;
  /** Base URL of the API server, without credentials and without a slash at the end. */
  readonly server: string;
  readonly proxyUrl?: string;
  readonly tls: Pick<ConnectionOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;
  /** False where whoever named the server could be after viewers' tokens: then none is sent there. */
  readonly takesTokens?: boolean;
  /** Headers that authenticate one request; read anew for each, since tokens rotate. */
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  /** Whether the files that it was made of say something else by now. Runs no login plugin. */
  readonly isOutdated?: () => Promise<boolean>;
};

const ACCOUNT_DIR = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Connects with an address and an optional bearer token: a `kubectl proxy`, or a test's server. */
export function directConnection(server: string, options: { token?: string; ca?: string } = {}): KubeConnection {
  const { token, ca } = options;
  return {
    foundBy: "address",
    server: server.replace(/\/+$/, ""),
    tls: ca === undefined ? {} : { ca },
    headers: async () => (token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
}

/**
 * Uses the account mounted into our pod. The kubelet replaces the token file before the token expires, so it is read
 * for every request. Rejects with SourceError when there is no such account.
 */
export async function inClusterConnection(
  environment: Readonly<Record<string, string | undefined>>,
  accountDir = ACCOUNT_DIR,
): Promise<KubeConnection> {
  const host = environment["KUBERNETES_SERVICE_HOST"];
  if (host === undefined || host === "") {
    throw unreachable(
      "not running in a cluster: KUBERNETES_SERVICE_HOST is not set",
      "Run with a kubeconfig, or as a pod with a service account.",
    );
  }
  const ca = await readFile(`${accountDir}/ca.crt`).catch((cause: unknown) => {
    throw unreachable(`cannot read ${accountDir}/ca.crt`, "Set automountServiceAccountToken: true on the pod.", cause);
  });
  return {
    foundBy: "in-cluster account",
    server: `https://${host.includes(":") ? `[${host}]` : host}:${environment["KUBERNETES_SERVICE_PORT"] ?? "443"}`,
    tls: { ca },
    isOutdated: changesOf([`${accountDir}/ca.crt`], ca.toString()),
    headers: async () => {
      const token = await readFile(`${accountDir}/token`, "utf8").catch((cause: unknown) => {
        throw unreachable(`cannot read ${accountDir}/token`, "The pod's service account token is not mounted.", cause);
      });
      return { authorization: `Bearer ${token.trim()}` };
    },
  };
}

/**
 * Uses a kubeconfig: `path`, else $KUBECONFIG, else ~/.kube/config; `context`, else its current one.
 * Rejects with SourceError that lists the contexts there are when the wanted one is not among them.
 */
export async function kubeconfigConnection(options: { path?: string; context?: string } = {}): Promise<KubeConnection> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  const where = options.path ?? process.env["KUBECONFIG"] ?? "~/.kube/config";
  const files = options.path === undefined ? kubeconfigFiles() : [options.path];
  const read = await textOf(files);
  try {
    if (options.path === undefined) config.loadFromDefault();
    else config.loadFromFile(options.path);
  } catch (cause) {
    throw unreachable(
      `cannot read the kubeconfig ${where}: ${messageOf(cause)}`,
      "Check the file, or name another.",
      cause,
    );
  }
  const contexts = config.getContexts().map(({ name }) => name);
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const context = config.getCurrentContext();
  // loadFromDefault() invents this context for http://localhost:8080 when it finds no kubeconfig at all.
  if (options.path === undefined && context === "loaded-context")
    throw unreachable(`no kubeconfig found at ${where}`, "Set KUBECONFIG, or run in a cluster.");
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw unreachable(
      `the kubeconfig ${where} has no usable context "${context}"`,
      contexts.length === 0 ? "It holds no contexts." : `Choose one of: ${contexts.join(", ")}.`,
    );
  }
  // client-node refuses plain HTTP unless told that nothing is to be verified; `kubectl proxy` is plain HTTP.
  if (cluster.server.startsWith("http:"))
    config.clusters = config.clusters.map((entry) => (entry === cluster ? { ...entry, skipTLSVerify: true } : entry));
  const { ca, cert, key, servername, rejectUnauthorized } = await credentials(config, context);
  return {
    foundBy: `context ${context}`,
    server: cluster.server.replace(/\/+$/, ""),
    ...(cluster.proxyUrl !== undefined && { proxyUrl: cluster.proxyUrl }),
    tls: {
      ...(ca !== undefined && { ca }),
      ...(cert !== undefined && { cert }),
      ...(key !== undefined && { key }),
      ...(servername !== undefined && { servername }),
      ...(rejectUnauthorized !== undefined && { rejectUnauthorized }),
    },
    isOutdated: changesOf(files, read),
    headers: async () => {
      const { headers, auth } = await credentials(config, context);
      const basic = auth === undefined || auth === null ? {} : { authorization: `Basic ${btoa(auth)}` };
      return { ...basic, ...lowerCased(headers) };
    },
  };
}

/** Where kubectl reads from, too: several files make one kubeconfig. */
function kubeconfigFiles(): string[] {
  const named = (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  return named.length > 0 ? named : [join(homedir(), ".kube", "config")];
}

function changesOf(files: readonly string[], before: string): () => Promise<boolean> {
  return async () => {
    const now = await textOf(files);
    // Files that are being replaced may be missing for a moment.
    return now !== "" && now !== before;
  };
}

/** All of them one after the other, without those that cannot be read. */
async function textOf(files: readonly string[]): Promise<string> {
  return (await Promise.all(files.map((file) => readFile(file, "utf8").catch(() => "")))).join("");
}

type Credentials = Pick<ConnectionOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized"> & {
  headers?: Record<string, unknown>;
  auth?: string | null;
};

/** Asks the kubeconfig's user for its credentials, running its login plugin when the last answer has expired. */
async function credentials(
  config: { applyToHTTPSOptions(options: object): Promise<void> },
  context: string,
): Promise<Credentials> {
  const options: Credentials = {};
  try {
    await config.applyToHTTPSOptions(options);
  } catch (cause) {
    throw new SourceError({
      source: "kubernetes",
      kind: "denied",
      message: `the login of context "${context}" failed: ${messageOf(cause)}`,
      hint: `Run "kubectl --context ${context} get namespaces" to see whether it still works.`,
      cause,
    });
  }
  return options;
}

function lowerCased(headers: Record<string, unknown> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function unreachable(message: string, hint: string, cause?: unknown): SourceError {
  return new SourceError({ source: "kubernetes", kind: "unreachable", message, hint, cause });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
