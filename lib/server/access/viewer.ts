/** Who looks: made by the authentication in force, taken by every loader. */
import type { Credentials } from "#lib/ports.ts";

export type Viewer = {
  /** Equal for the same person with the same rights; for caches and limits. Holds no secret. */
  readonly id: string;
  /** For people and the audit log; "anonymous" where nobody logs in. */
  readonly name: string;
  readonly groups: readonly string[];
  /** With what Kubernetes is asked what the viewer may see and do. */
  readonly credentials: Credentials;
  /** The session they asked in, where there are sessions; it is over at `endsAtSeconds` (unix) at the latest. */
  readonly session?: {
    readonly id: string;
    readonly issuedAtSeconds: number;
    readonly endsAtSeconds: number;
  };
};
