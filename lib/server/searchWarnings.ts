/** What to say while further clusters are looked for in vain. */
import type { Sight } from "#lib/domain/access/sight.ts";
import type { SourceStatus, Warning } from "#lib/ports.ts";

/** Empty while the search goes well, and for who does not see everything: its errors name the cluster it is made in. */
export function searchWarnings(search: SourceStatus | undefined, sight: Sight): Warning[] {
  if (search?.state !== "failing" || sight.clusters !== "everything") return [];
  const { message, hint } = search;
  return [{ code: "remote-secrets", message: `Remote secrets cannot be read: ${message}`, hint }];
}
