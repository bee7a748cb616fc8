/** Admission webhooks, as far as writers meet them: they refuse, warn, or change what was sent. */
import type { WireObject } from "./objectStore.ts";

export type AdmissionReview = {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  /** What would be stored; absent for a deletion. */
  readonly object?: WireObject;
  readonly oldObject?: WireObject;
  readonly user: string;
  readonly dryRun: boolean;
};

export type AdmissionAnswer = {
  /** Refuses, in these words. */
  readonly deny?: string;
  /** HTTP code of a refusal; webhooks that give none get 400. */
  readonly code?: number;
  readonly warning?: string;
  /** Stored instead of what was sent. */
  readonly object?: WireObject;
};

export type AdmissionWebhook = {
  readonly name: string;
  readonly review: (review: AdmissionReview) => AdmissionAnswer | undefined;
};

export type Admitted =
  | { readonly object: WireObject | undefined; readonly warnings: readonly string[] }
  | { readonly refusal: { readonly code: number; readonly message: string } };

/** Asks every webhook in turn; the first that refuses ends it. */
export function admit(webhooks: readonly AdmissionWebhook[], asked: AdmissionReview): Admitted {
  let { object } = asked;
  const warnings: string[] = [];
  for (const { name, review } of webhooks) {
    const answer = review({ ...asked, ...(object && { object }) });
    if (answer?.deny !== undefined) {
      const message = `admission webhook ${JSON.stringify(name)} denied the request: ${answer.deny}`;
      return { refusal: { code: answer.code ?? 400, message } };
    }
    if (answer?.warning !== undefined) warnings.push(answer.warning);
    object = answer?.object ?? object;
  }
  return { object, warnings };
}
