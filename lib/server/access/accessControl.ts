/** Who asks, and what of the mesh is theirs to see. One a process; the runtime chooses it by MESHSCOPE_AUTH. */
import { EVERYTHING, type Sight } from "#lib/domain/access/sight.ts";
import type { Viewer } from "./viewer.ts";

export type AccessControl = {
  /**
   * Who sent the request; cookies to renew or to clear are appended to `answer`. Rejects with ProblemError 401 when that
   * must be known and is not.
   */
  viewerOf(request: Request, answer: Headers): Promise<Viewer>;
  /** What they may see, at most seconds old. Rejects with ProblemError 401 when their credentials have expired. */
  sightOf(viewer: Viewer, signal: AbortSignal): Promise<Sight>;
};

/** Whoever reaches the page, where nobody logs in. */
export const ANONYMOUS: Viewer = { id: "anonymous", name: "anonymous", groups: [], credentials: { kind: "process" } };

/** Everybody who reaches the page sees what the process may read. */
export const openAccess: AccessControl = {
  viewerOf: async () => ANONYMOUS,
  sightOf: async () => EVERYTHING,
};
