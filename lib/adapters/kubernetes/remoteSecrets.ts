/**
 * Clusters that Istio's remote secrets name: each data entry is a kubeconfig, its key the cluster's name in telemetry.
 *
 *   kind: Secret
 *   metadata: { labels: { istio/multiCluster: "true" } }
 *   data: { west: <base64 of a kubeconfig> }
 *
 * Who may write a Secret there must not gain more than a place to read from. So, as istiod does, only credentials that
 * lie in the kubeconfig itself are taken: nothing is run, no file of ours is read, no certificate goes unverified. And
 * viewers' tokens are not sent there: the server that a Secret names could be made to collect them.
 * @see https://istio.io/latest/docs/ops/deployment/deployment-models/ and `istioctl create-remote-secret`
 */
import { createHash } from "node:crypto";
import { parse } from "yaml";
import { type Shape, shape, shapes, text } from "#lib/domain/mesh/shape.ts";
import { type KubeClient, pathSegment } from "./kubeClient.ts";
import type { KubeConnection } from "./kubeConnection.ts";

export type RemoteCluster = {
  /** The cluster's name in Istio's labels. */
  readonly cluster: string;
  /** "namespace/name" of the Secret. */
  readonly secret: string;
  /** Changes when the kubeconfig does. */
  readonly digest: string;
} & (
  | { readonly connection: KubeConnection; readonly problem?: never }
  /** Why it is not used, in a sentence without credentials. */
  | { readonly problem: string; readonly connection?: never }
);

const PAGE_SIZE = 100;

/** The remote clusters that a namespace's Secrets name, by name of the Secret. Rejects with SourceError. */
export async function readRemoteSecrets(
  client: KubeClient,
  namespace: string,
  signal: AbortSignal,
): Promise<RemoteCluster[]> {
  const found: RemoteCluster[] = [];
  for (let next: string | undefined = ""; next !== undefined; ) {
    const list = shape(
      await client.getJson({
        path: `/api/v1/namespaces/${pathSegment(namespace)}/secrets`,
        query: { labelSelector: "istio/multiCluster=true", limit: String(PAGE_SIZE), ...(next && { continue: next }) },
        signal,
      }),
    );
    for (const secret of shapes(list["items"])) found.push(...clustersOf(secret, namespace));
    next = text(shape(list["metadata"])["continue"]);
  }
  return found;
}

function clustersOf(item: Shape, namespace: string): RemoteCluster[] {
  const secret = `${namespace}/${text(shape(item["metadata"])["name"]) ?? "?"}`;
  return Object.entries(shape(item["data"])).map(([cluster, encoded]) => {
    const config = Buffer.from(text(encoded) ?? "", "base64").toString("utf8");
    const digest = createHash("sha256").update(config).digest("base64url");
    return { cluster, secret, digest, ...connectionOf(config, secret) };
  });
}

function connectionOf(config: string, secret: string): { connection: KubeConnection } | { problem: string } {
  let document: Shape;
  try {
    document = shape(parse(config, { maxAliasCount: 0 }));
  } catch {
    // The parser's own words would quote the file, credentials included.
    return { problem: "its kubeconfig is not YAML" };
  }
  const current = text(document["current-context"]) ?? "";
  const context = named(document["contexts"], current, "context");
  const cluster = named(document["clusters"], text(context["cluster"]), "cluster");
  const user = named(document["users"], text(context["user"]), "user");
  const server = text(cluster["server"]) ?? "";
  if (!URL.canParse(server) || new URL(server).protocol !== "https:")
    return { problem: `its kubeconfig has no https server for the context "${current}"` };
  const refused = REFUSED.find(([part, field]) => Boolean({ cluster, user }[part][field]));
  if (refused !== undefined) return { problem: `its kubeconfig uses ${refused[1]}, which ${refused[2]}` };
  const token = text(user["token"]);
  const cert = decoded(user["client-certificate-data"]);
  const key = decoded(user["client-key-data"]);
  if (token === undefined && (cert === undefined || key === undefined))
    return { problem: "its kubeconfig holds neither a token nor a client certificate with its key" };
  const ca = decoded(cluster["certificate-authority-data"]);
  const servername = text(cluster["tls-server-name"]);
  return {
    connection: {
      foundBy: `remote secret ${secret}`,
      server: server.replace(/\/+$/, ""),
      takesTokens: false,
      tls: {
        ...(ca !== undefined && { ca }),
        ...(servername !== undefined && { servername }),
        ...(cert !== undefined && key !== undefined && { cert, key }),
      },
      headers: async () => (token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
  };
}

/** What a kubeconfig may hold and a remote secret may not. */
const REFUSED: readonly (readonly ["cluster" | "user", string, string])[] = [
  ["user", "exec", "would run a program here"],
  ["user", "auth-provider", "would run a login here"],
  ["user", "tokenFile", "would read a file here"],
  ["user", "client-certificate", "would read a file here"],
  ["user", "client-key", "would read a file here"],
  ["user", "username", "Kubernetes no longer takes"],
  ["cluster", "certificate-authority", "would read a file here"],
  ["cluster", "insecure-skip-tls-verify", "would take any server for the cluster"],
  ["cluster", "proxy-url", "would send its credentials through another host"],
];

/** The entry of a kubeconfig's named list; an empty shape where there is none. */
function named(list: unknown, name: string | undefined, field: string): Shape {
  return shape(shape(shapes(list).find((entry) => text(entry["name"]) === name))[field]);
}

function decoded(value: unknown): Buffer | undefined {
  const base64 = text(value);
  return base64 === undefined ? undefined : Buffer.from(base64, "base64");
}
