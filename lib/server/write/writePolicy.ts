/**
 * Who may write, before Kubernetes is asked: only somebody who writes as themselves.
 *
 *   bearer, impersonation           the viewer's own rights decide
 *   the process's own credentials   a person's kubeconfig on their own machine: yes, for who sits at it
 *                                   an account that all viewers share: never
 *   nobody's (the demo)             yes
 */
import type { Writes } from "#lib/api/objects.ts";
import type { ClusterWriter } from "#lib/ports.ts";
import type { Viewer } from "../access/viewer.ts";
import { isLoopback } from "../hosts.ts";
import { ProblemError } from "../problemError.ts";
import { type RequestContext, requestContext } from "../requestContext.ts";
import type { Runtime } from "../running.ts";
import type { Settings } from "../settings.ts";

export type WritePermission =
  | { readonly state: "enabled" }
  | {
      readonly state: "off" | "not-yours";
      /** Stable, for scripts and the audit log. */
      readonly reason: string;
      readonly why: string;
      readonly hint: string;
    };

export type WriteQuestion = {
  readonly writing: "enabled" | "off";
  readonly settings: Pick<Settings, "AUTH">;
  readonly viewer: Viewer;
  /** Absent where the cluster cannot be written at all. */
  readonly writer: Pick<ClusterWriter, "processIs"> | undefined;
} & Pick<RequestContext, "passedOn" | "peer">;

/** Whether a viewer may try to write to a cluster; Kubernetes has the last word. */
export function writePermission(question: WriteQuestion): WritePermission {
  const { writing, settings, viewer, writer } = question;
  if (writing === "off") {
    const why = "Writing is off: Meshscope only reads.";
    return { state: "off", reason: "writing-off", why, hint: "Whoever runs it can set MESHSCOPE_WRITE=enabled." };
  }
  if (writer === undefined) {
    const why = "This cluster cannot be written.";
    return notYours("no-writer", why, "Its connection does not work; see the state of the cluster.");
  }
  if (writer.processIs === "nobody" || viewer.credentials.kind !== "process") return { state: "enabled" };
  if (settings.AUTH !== "anonymous") {
    const why = "Kubernetes is asked as Meshscope itself and not as you, so it could not tell who writes.";
    return notYours("not-as-you", why, "Writing needs MESHSCOPE_OIDC_KUBERNETES=token or impersonate.");
  }
  if (writer.processIs === "account") {
    const why = "Nobody logs in here, and everybody who reaches this page would write with one account.";
    return notYours("anonymous", why, "Writing needs a login: MESHSCOPE_AUTH=token, header or oidc.");
  }
  if (isFromElsewhere(question)) {
    const why = "Nobody logs in here, and you are not at the machine whose kubeconfig this is.";
    return notYours("not-local", why, "Open http://localhost on that machine, without a proxy, or set up a login.");
  }
  return { state: "enabled" };
}

/** Whether the viewer of the request that is being answered may try. */
export function permissionIn(
  { writing, settings }: Pick<Runtime, "settings" | "writing">,
  viewer: Viewer,
  writer: ClusterWriter | undefined,
): WritePermission {
  const { peer, passedOn } = requestContext();
  return writePermission({ writing, settings, viewer, writer, peer, ...(passedOn !== undefined && { passedOn }) });
}

/** A permission as it is answered. */
export function toldPermission(permission: WritePermission): Writes {
  if (permission.state === "enabled") return { state: "enabled" };
  const { state, why, hint } = permission;
  return { state, why, hint };
}

/** Throws ProblemError 403 that says which rule it was and what to do. */
export function requireWriting(permission: WritePermission): void {
  if (permission.state === "enabled") return;
  const { reason, why, hint } = permission;
  throw new ProblemError(403, "Not written", { detail: why, hint, extra: { reason } });
}

function notYours(reason: string, why: string, hint: string): WritePermission {
  return { state: "not-yours", reason, why, hint };
}

/** A proxy on the same machine connects from it, too; most say that they pass something on. */
function isFromElsewhere({ peer, passedOn }: WriteQuestion): boolean {
  return passedOn !== false || !isLoopback(peer);
}
