/**
 * Who somebody is and what they may do, as the API server itself answers for their credentials.
 *
 *   identify   SelfSubjectReview; on servers before 1.28, and where it is not allowed, TokenReview by our own account
 *   may        SelfSubjectAccessReview      one question
 *   rules      SelfSubjectRulesReview       everything in one namespace, as far as the authorizers can list it
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access
 */
import { type Shape, shape, shapes, text, texts } from "#lib/domain/mesh/shape.ts";
import { type AccessQuestion, type ClusterAccess, type Credentials, isSourceError, SourceError } from "#lib/ports.ts";
import type { KubeClient } from "./kubeClient.ts";
import { statusCodeOf } from "./kubeError.ts";

/** Somebody waits for their page. */
const TIMEOUT_MS = 10_000;
const AUTHENTICATION = "authentication.k8s.io/v1";
const AUTHORIZATION = "authorization.k8s.io/v1";

type Identity = { readonly user: string; readonly groups: readonly string[] };

/** Asks through a client, with the credentials of each call. */
export function createClusterAccess(client: KubeClient): ClusterAccess {
  /** Creates a review and gives its status. */
  async function review(
    { apiVersion, kind, spec }: { readonly apiVersion: string; readonly kind: string; readonly spec?: object },
    as: Credentials,
    signal: AbortSignal,
  ): Promise<Shape> {
    const body = JSON.stringify({ apiVersion, kind, ...(spec && { spec }) });
    const answer = await client.getJson({
      method: "POST",
      path: `/apis/${apiVersion}/${kind.toLowerCase()}s`,
      headers: { "content-type": "application/json" },
      body,
      as,
      signal,
      timeoutMs: TIMEOUT_MS,
    });
    return shape(shape(answer)["status"]);
  }

  async function reviewToken(token: string, signal: AbortSignal): Promise<Identity> {
    const wanted = { apiVersion: AUTHENTICATION, kind: "TokenReview", spec: { token } };
    try {
      const status = await review(wanted, { kind: "process" }, signal);
      if (status["authenticated"] === true) return identityOf(status["user"]);
    } catch (error) {
      throw statusCodeOf(error) === 403 ? reworded(error, GRANT_TOKEN_REVIEW) : aboutViewer(error, { kind: "process" });
    }
    throw new SourceError({
      source: "kubernetes",
      kind: "denied",
      message: "The token is not accepted.",
      hint: EXPIRED,
    });
  }

  return {
    async identify(as, signal) {
      try {
        const status = await review({ apiVersion: AUTHENTICATION, kind: "SelfSubjectReview" }, as, signal);
        return identityOf(status["userInfo"]);
      } catch (error) {
        const code = statusCodeOf(error);
        if (as.kind === "bearer" && (code === 404 || code === 403)) return reviewToken(as.token, signal);
        // An older server does not say whom we speak for; it has not refused it either.
        if (as.kind === "impersonation" && code === 404) return { user: as.user, groups: as.groups };
        throw aboutViewer(error, as);
      }
    },
    async may(as, question, signal) {
      const spec = { resourceAttributes: attributesOf(question) };
      try {
        const status = await review({ apiVersion: AUTHORIZATION, kind: "SelfSubjectAccessReview", spec }, as, signal);
        return status["allowed"] === true;
      } catch (error) {
        throw aboutViewer(error, as);
      }
    },
    async rules(as, namespace, signal) {
      const wanted = { apiVersion: AUTHORIZATION, kind: "SelfSubjectRulesReview", spec: { namespace } };
      try {
        const status = await review(wanted, as, signal);
        return {
          rules: shapes(status["resourceRules"]).map((rule) => ({
            verbs: texts(rule["verbs"]),
            groups: strings(rule["apiGroups"]),
            resources: texts(rule["resources"]),
            names: strings(rule["resourceNames"]),
          })),
          incomplete: status["incomplete"] !== false,
        };
      } catch (error) {
        throw aboutViewer(error, as);
      }
    },
  };
}

function attributesOf({ verb, group, resource, namespace, name }: AccessQuestion): object {
  return {
    verb,
    group,
    resource,
    ...(namespace !== undefined && { namespace }),
    ...(name !== undefined && { name }),
  };
}

/** Throws SourceError "denied" for nobody, and for whoever the API server does not know. */
function identityOf(userInfo: unknown): Identity {
  const { username, groups } = shape(userInfo);
  const user = text(username);
  if (user !== undefined && user !== "system:anonymous") return { user, groups: texts(groups) };
  throw new SourceError({
    source: "kubernetes",
    kind: "denied",
    message: "The API server does not know whose credentials these are.",
    hint: EXPIRED,
  });
}

/** The empty string is the core group, and `texts` would drop it. */
function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];
}

const EXPIRED = "It may have expired or been revoked: log in again.";
const GRANT_TOKEN_REVIEW =
  'Grant Meshscope\'s account "create" on "tokenreviews" in authentication.k8s.io: bind it to the ClusterRole system:auth-delegator.';
const GRANT_IMPERSONATION =
  'Grant Meshscope\'s account "impersonate" on "users" and "groups", or choose another way of logging in.';
const GRANT_REVIEWS =
  "Everybody may ask this in a Kubernetes that nobody changed: bind the ClusterRole system:basic-user to the group system:authenticated.";

/**
 * The same failure in terms of the port: "denied" is only a refusal of the viewer's own credentials. That our account is
 * refused, or may not speak for others, is no fault of theirs.
 */
function aboutViewer(error: unknown, as: Credentials): unknown {
  const code = statusCodeOf(error);
  if (code === 401) return as.kind === "bearer" ? reworded(error, EXPIRED, "denied") : reworded(error);
  if (code === 403) return reworded(error, as.kind === "impersonation" ? GRANT_IMPERSONATION : GRANT_REVIEWS);
  return error;
}

function reworded(error: unknown, hint?: string, kind: SourceError["kind"] = "rejected"): unknown {
  if (!isSourceError(error)) return error;
  return new SourceError({
    source: error.source,
    kind,
    message: error.message,
    hint: hint ?? error.hint,
    cause: error.cause,
  });
}
