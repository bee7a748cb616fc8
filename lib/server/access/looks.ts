/**
 * What each cluster says to one viewer, and how long it is waited for: until all have answered or, once one shows something,
 * a little longer. Whoever failed or took too long before is not waited for at all then; what it says later counts later.
 *
 *   east    ──── sees ┊
 *   west    ──────────┊─ ─ ─ 2 s ─ ─ ─┤ pending; not waited for by later requests until it answers
 *   answer                            └▶ east
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ClusterSight } from "#lib/domain/access/sight.ts";
import type { SourceError } from "#lib/ports.ts";

export type Look =
  /** `failure`: not everything could be asked. */
  | { readonly kind: "sees"; readonly sight: ClusterSight; readonly failure?: SourceError }
  /** The cluster does not accept the viewer's credentials. */
  | { readonly kind: "refused" }
  | { readonly kind: "failed"; readonly failure: SourceError }
  /** It takes its time. */
  | { readonly kind: "pending" };

/** A look that is being asked for. */
export type Answer = {
  readonly look: Promise<Look>;
  /** What counts for those who do not wait. */
  readonly meanwhile: Look;
  readonly isOverdue: boolean;
};

/** A look for each answer, in their order. Rejects with the signal's reason, and where an answer rejects. */
export async function lookTogether(
  answers: readonly (Look | Answer)[],
  patienceMs: number,
  signal: AbortSignal,
): Promise<Look[]> {
  const over = new AbortController();
  const left = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true, signal: over.signal });
  });
  const asked = answers.map((answer) => ("kind" in answer ? settled(answer) : answer));
  const somebodySees = Promise.any(
    asked.map(async ({ look }) => ((await look).kind === "sees" ? true : Promise.reject(new Error("sees nothing")))),
  );
  // Where nobody sees anything there is nothing to hurry for.
  const hurried = somebodySees.catch(() => new Promise<never>(() => {}));
  const patience = hurried.then(() => sleep(patienceMs, undefined, { signal: over.signal, ref: false }));
  patience.catch(() => {});
  try {
    const looks = asked.map(({ look, meanwhile, isOverdue }) =>
      Promise.race([look, (isOverdue ? hurried : patience).then(() => meanwhile)]),
    );
    return await Promise.race([Promise.all(looks), left]);
  } finally {
    over.abort();
  }
}

function settled(look: Look): Answer {
  return { look: Promise.resolve(look), meanwhile: look, isOverdue: false };
}
