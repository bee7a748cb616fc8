/** The clusters of settings and remote secrets, each with a connection of its own. */
import { createKubeClient, type KubeClient } from "#lib/adapters/kubernetes/kubeClient.ts";
import {
  inClusterConnection,
  type KubeConnection,
  kubeconfigConnection,
} from "#lib/adapters/kubernetes/kubeConnection.ts";
import { createKubernetesCluster } from "#lib/adapters/kubernetes/kubernetesCluster.ts";
import { type RemoteCluster, readRemoteSecrets } from "#lib/adapters/kubernetes/remoteSecrets.ts";
import type { Clock, ClusterSource } from "#lib/ports.ts";
import { ClusterSet, type WantedCluster } from "./clusterSet.ts";
import type { Log } from "./log.ts";
import type { Settings } from "./settings.ts";
import { unusableCluster } from "./unusableCluster.ts";

/** Istiod looks as often whether a remote secret's cluster is well. */
const FIND_EVERY_MS = 30_000;

export type LiveClusters = {
  readonly set: ClusterSet;
  /** The cluster we run in, or the first that settings name: remote secrets and Prometheus are looked for there. */
  readonly home: { readonly client: KubeClient; readonly source: ClusterSource };
};

/** Connects to nothing yet. */
export function liveClusters(
  settings: Settings,
  clock: Clock,
  log: Log,
  findEveryMs: number = FIND_EVERY_MS,
): LiveClusters {
  const open = (
    cluster: string,
    connect: () => Promise<KubeConnection>,
    processIs: "person" | "account" = personOrAccount(),
  ) => {
    const client = createKubeClient(connect);
    const source = createKubernetesCluster({
      client,
      cluster,
      processIs,
      clock,
      random: Math.random,
      controlPlanes: settings.ISTIO_NAMESPACE,
      certificates: settings.CERTIFICATES === "enabled",
      debug: (message) => log.debug({ cluster }, message),
      ...(settings.NAMESPACES === undefined ? {} : { namespaces: settings.NAMESPACES }),
    });
    return { client, source: { ...source, close: () => source.close().then(() => client.close()) } };
  };
  const [first, ...others] = namedContexts(settings);
  const home = open(first.cluster, () => kubeConnection(first.context));
  const fixed = [home, ...others.map(({ cluster, context }) => open(cluster, () => kubeConnection(context)))];
  const secrets = settings.REMOTE_SECRETS;
  const find = async (signal: AbortSignal): Promise<WantedCluster[]> => {
    const lists = await Promise.all(
      (secrets ?? []).map((namespace) => readRemoteSecrets(home.client, namespace, signal)),
    );
    return lists
      .flat()
      .map((remote) => wanted(remote, settings, clock, (connect) => open(remote.cluster, connect, "account").source));
  };
  const set = new ClusterSet({
    fixed: fixed.map(({ source }) => source),
    ...(secrets === undefined ? {} : { find }),
    findEveryMs,
    nowSeconds: () => clock.nowSeconds(),
  });
  return { set, home };
}

function wanted(
  { cluster, secret, digest, connection, problem }: RemoteCluster,
  { REMOTE_TOKENS: tokens }: Settings,
  clock: Clock,
  open: (connect: () => Promise<KubeConnection>) => ClusterSource,
): WantedCluster {
  if (connection !== undefined)
    return { cluster, digest, open: () => open(async () => ({ ...connection, takesTokens: tokens === "enabled" })) };
  const message = `The remote secret ${secret} cannot be used: ${problem}`;
  const hint = 'Make it again with "istioctl create-remote-secret".';
  return {
    cluster,
    digest,
    open: () => unusableCluster({ cluster, message, hint, sinceSeconds: clock.nowSeconds() }),
  };
}

type NamedContext = { readonly cluster: string; readonly context: string | undefined };

/** At least one: the current context, or the account of our pod, where settings name none. */
function namedContexts({
  KUBE_CONTEXTS: contexts,
  KUBE_CONTEXT: context,
  CLUSTER_NAME: cluster,
}: Settings): readonly [NamedContext, ...NamedContext[]] {
  const [first, ...others] = contexts ?? [];
  return first === undefined ? [{ cluster, context }] : [first, ...others];
}

/** A kubeconfig in a pod is shared by all who look; only on somebody's own machine it is theirs. */
function personOrAccount(): "person" | "account" {
  return process.env["KUBERNETES_SERVICE_HOST"] === undefined ? "person" : "account";
}

/** The pod's own account inside a cluster, a kubeconfig elsewhere or when a context is chosen. */
function kubeConnection(context: string | undefined): Promise<KubeConnection> {
  const inCluster = process.env["KUBERNETES_SERVICE_HOST"] !== undefined;
  if (inCluster && context === undefined) return inClusterConnection(process.env);
  return kubeconfigConnection(context === undefined ? {} : { context });
}
