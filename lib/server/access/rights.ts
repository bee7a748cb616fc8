/** What one cluster answered about one viewer. */
import type { KindKey } from "#lib/domain/mesh/meshIndex.ts";

/** Namespaces that were asked about have an entry, undefined where they may not be seen. */
export type Rights = {
  readonly everyNamespace: boolean;
  readonly kinds: ReadonlySet<KindKey>;
  readonly namespaces: ReadonlyMap<string, ReadonlySet<KindKey> | undefined>;
  /** How many questions it took. */
  readonly questions: number;
};
