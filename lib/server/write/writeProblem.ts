/** What became of a change that was not written, or perhaps not, as a problem document. */
import { differingPaths } from "#lib/domain/change/differingPaths.ts";
import { type KubernetesObject, type ObjectChange, withoutServerFields } from "#lib/domain/change/objectChange.ts";
import { type Credentials, isSourceError, isWriteError, type WriteError, type WriteErrorReason } from "#lib/ports.ts";
import { ProblemError } from "../problemError.ts";

const ANSWERS: Readonly<Record<WriteErrorReason, { status: number; title: string; hint?: string }>> = {
  conflict: {
    status: 409,
    title: "Somebody else changed it meanwhile",
    hint: "Nothing was written. Look at both versions, and write yours again on top of theirs if it still holds.",
  },
  exists: { status: 409, title: "It exists already", hint: "Nothing was written. Change the object that is there." },
  denied: { status: 403, title: "Kubernetes does not allow it", hint: "Nothing was written." },
  invalid: { status: 422, title: "Kubernetes refuses it", hint: "Nothing was written." },
  missing: { status: 404, title: "It is not there", hint: "Nothing was written. It may have been deleted: reload." },
  unsupported: {
    status: 422,
    title: "The cluster does not serve it",
    hint: "Nothing was written. Choose an apiVersion that the cluster serves.",
  },
};

/** While a change is only checked, whatever fails leaves everything as it was. */
export type Phase = "checking" | "writing";

/** The problem to answer with, where the error says something of the change; else the error as it is. */
export function writeProblem(error: unknown, phase: Phase, change: ObjectChange | undefined, as: Credentials): unknown {
  if (isWriteError(error)) return refusal(error, change);
  if (!isSourceError(error)) return error;
  // Only a viewer's own token can expire; that our account is refused is no fault of theirs.
  if (error.kind === "denied" && as.kind === "bearer") {
    return new ProblemError(401, "Your login is not accepted any more", {
      detail: "The API server does not accept your credentials: they may have expired.",
      hint: "Nothing was written. Log in again.",
      extra: { reason: "expired" },
      cause: error,
    });
  }
  if (phase === "checking" || error.kind === "denied") return error;
  return new ProblemError(error.kind === "timeout" ? 504 : 502, "Nobody knows whether it was written", {
    // Not in the error's own words: they hold the API server's address.
    detail: "The change was sent, and no answer told how it ended: it may have been applied.",
    hint: "Reload the object to see how it is now, before you try again.",
    extra: { reason: "unknown-outcome" },
    cause: error,
  });
}

function refusal(error: WriteError, change: ObjectChange | undefined): ProblemError {
  const { reason, message, causes, current } = error;
  const { status, title, hint } = ANSWERS[reason];
  return new ProblemError(status, title, {
    detail: message,
    // Where nothing was to be written, there is nothing to say about it.
    ...(hint === undefined || change === undefined ? {} : { hint }),
    extra: { reason, ...(causes.length > 0 && { causes }), ...(current && versions(change, current)) },
    cause: error,
  });
}

/** Both versions, and where they differ in what people write. */
function versions(change: ObjectChange | undefined, theirs: KubernetesObject): Readonly<Record<string, unknown>> {
  if (change === undefined || change.action === "delete") return { theirs };
  const yours = change.object;
  const differing = differingPaths(withoutServerFields(yours, "nothing"), withoutServerFields(theirs, "nothing"));
  return { yours, theirs, differing };
}
