/** A cluster's facts in sentences. */
import type { ClustersDocument } from "#lib/api/clusters.ts";

export type ClusterFactsView = ClustersDocument["clusters"][number];
type Certificate = NonNullable<ClusterFactsView["certificates"]>[number];

/** Whether nothing of the cluster has been read yet, so that no figure of it is known. */
export function isUnread({ status, kinds }: ClusterFactsView): boolean {
  return status.state !== "ok" && kinds.every(({ objects }) => objects === 0);
}

/** "1,204 objects of 23 kinds in 12 namespaces". */
export function objectWords({ kinds, namespaces }: ClusterFactsView): string {
  const objects = kinds.reduce((sum, kind) => sum + kind.objects, 0);
  const found = kinds.filter((kind) => kind.objects > 0).length;
  return `${counted(objects, "object")} of ${counted(found, "kind")} in ${counted(namespaces, "namespace")}`;
}

/** Whether the viewer may change anything here, and why not: one line; nothing where that is not told. */
export function writeWords({ writes }: ClusterFactsView): string | undefined {
  if (writes === undefined) return undefined;
  if (writes.state === "enabled") return "Writing is on for you, as far as Kubernetes lets you";
  if (writes.state === "off") return "Writing is off";
  return `Writing is not for you here: ${writes.why} ${writes.hint}`;
}

/** Kinds that are served and cannot be read, one sentence each. */
export function unreadWords({ kinds }: ClusterFactsView): string[] {
  return kinds.flatMap(({ kind, state, message }) =>
    state === "denied" || state === "failing"
      ? [`${kind} objects are not shown: ${message ?? (state === "denied" ? "not allowed to read them" : "failing")}`]
      : [],
  );
}

/** Certificates that end soon, have ended or could not be read; `formatMoment` writes unix seconds. */
export function certificateWords(
  { certificates = [] }: ClusterFactsView,
  formatMoment: (seconds: number) => string,
): string[] {
  return certificates.flatMap((certificate) => {
    const words = trouble(certificate, formatMoment);
    if (words === undefined) return [];
    const hosts = certificate.dnsNames?.slice(0, 3).join(", ");
    const who = `Certificate ${certificate.namespace}/${certificate.name}${hosts ? ` (${hosts})` : ""}`;
    return [`${who} ${words}`];
  });
}

function trouble(
  { state, message, notBefore, expiresAt }: Certificate,
  formatMoment: (seconds: number) => string,
): string | undefined {
  switch (state) {
    case "valid":
      return undefined;
    case "expiring":
      return `ends ${formatMoment(expiresAt ?? 0)}`;
    case "expired":
      return `ended ${formatMoment(expiresAt ?? 0)}`;
    case "not-yet-valid":
      return `is not valid before ${formatMoment(notBefore ?? 0)}`;
    default:
      return `could not be read: ${message ?? state}`;
  }
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
