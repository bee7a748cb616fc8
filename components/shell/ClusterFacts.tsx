"use client";
/** What is read of one cluster, and certificates of its gateways that need somebody. Asked for when it is shown. */
import { useQuery } from "@tanstack/react-query";
import type { ClustersDocument } from "#lib/api/clusters.ts";
import { CLUSTERS_URL } from "#lib/api/urls.ts";
import { type ApiError, fetchJson } from "./apiClient.ts";
import { certificateWords, isUnread, objectWords, unreadWords, writeWords } from "./clusterWords.ts";
import { useTimeFormat } from "./useTimeFormat.ts";

export function ClusterFacts({ cluster }: { readonly cluster: string }) {
  const { formatMoment } = useTimeFormat();
  const { data } = useQuery<ClustersDocument, ApiError>({
    queryKey: ["clusters"],
    queryFn: ({ signal }) => fetchJson<ClustersDocument>(CLUSTERS_URL, signal),
  });
  const facts = data?.clusters.find((candidate) => candidate.cluster === cluster);
  if (facts === undefined || isUnread(facts)) return null;
  const writing = writeWords(facts);
  const troubles = [...unreadWords(facts), ...certificateWords(facts, formatMoment)];
  return (
    <div className="ml-6 text-12">
      <p className="text-ink-3">{objectWords(facts)}</p>
      {writing !== undefined && <p className="text-ink-3">{writing}</p>}
      {troubles.length > 0 && (
        <ul className="mt-1 flex flex-col gap-1 text-degraded-text">
          {troubles.map((words) => (
            <li key={words} className="break-words">
              {words}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
