/** Who sends a request: client certificate before bearer token, as in Kubernetes, then whom they speak for. */
import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { Caller, RbacAuthorizer } from "./rbac.ts";

/** Everybody, where the server knows nobody. */
export const ADMINISTRATOR: Caller = known({ user: "kubernetes-admin", groups: ["system:masters"] });

/** Adds the group that everybody known is in. */
export function known({ user, groups }: Caller): Caller {
  return { user, groups: [...new Set([...groups, "system:authenticated"])] };
}

/** The caller that a ServiceAccount's token stands for. */
export function serviceAccount(namespace: string, name: string): Caller {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`],
  };
}

/** Common name and organizations of the connection's client certificate: the user and their groups. */
export function certificateCaller({ socket }: IncomingMessage): Caller | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const subject = socket.getPeerCertificate().subject as { CN?: string; O?: string | string[] } | undefined;
  if (subject?.CN === undefined) return undefined;
  return known({ user: subject.CN, groups: [subject.O ?? []].flat() });
}

/** The bearer token, if there is one. */
export function bearerToken({ headers }: Pick<IncomingMessage, "headers">): string | undefined {
  return /^Bearer (.+)$/.exec(headers.authorization ?? "")?.[1];
}

/**
 * Whom the request is done for: the caller, or somebody they may impersonate. A text says why not.
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 */
export function impersonated(
  caller: Caller,
  { headersDistinct }: Pick<IncomingMessage, "headersDistinct">,
  authorizers: readonly RbacAuthorizer[] | undefined,
): Caller | string {
  const [user] = (headersDistinct["impersonate-user"] ?? []).map(fromBytes);
  const groups = (headersDistinct["impersonate-group"] ?? []).map(fromBytes);
  if (user === undefined) return groups.length === 0 ? caller : "requested groups without impersonating a user";
  const subjects = [{ resource: "users", name: user }, ...groups.map((name) => ({ resource: "groups", name }))];
  for (const { resource, name } of subjects) {
    const wanted = { verb: "impersonate", group: "", ...serviceAccountOr(resource, name) };
    if (authorizers?.some((authorizer) => authorizer.authorize(caller, wanted)) === false)
      return `${resource} "${name}" is forbidden: User "${caller.user}" cannot impersonate resource "${resource}" in API group "" at the cluster scope`;
  }
  return known({ user, groups });
}

function serviceAccountOr(resource: string, name: string): { resource: string; name: string; namespace?: string } {
  const [, namespace, account] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name) ?? [];
  if (resource !== "users" || namespace === undefined || account === undefined) return { resource, name };
  return { resource: "serviceaccounts", namespace, name: account };
}

/** Node reads the bytes of a header as Latin-1; to Go they are UTF-8. */
function fromBytes(header: string): string {
  return Buffer.from(header, "latin1").toString("utf8");
}
