/** The reviews: who is this, and what may they do. Answers of authentication.k8s.io/v1 and authorization.k8s.io/v1. */
import { optionalShape, type Shape, shape, text } from "#lib/domain/mesh/shape.ts";
import type { ApiRequest } from "./apiRequest.ts";
import type { Caller, PathAttributes, PolicyRule, ResourceAttributes } from "./rbac.ts";

/** What reviews are answered from. */
export type Reviewer = {
  readonly caller: Caller;
  readonly callerOf: (token: string) => Caller | undefined;
  readonly allows: (caller: Caller, attributes: ResourceAttributes | PathAttributes) => boolean;
  /** Rules that can be listed; `incomplete` where an authorizer cannot list its own. */
  readonly rulesOf: (
    caller: Caller,
    namespace: string,
  ) => { readonly rules: readonly PolicyRule[]; readonly incomplete: boolean };
};

const REVIEWS: Readonly<Record<string, (review: Shape, reviewer: Reviewer) => object>> = {
  "authentication.k8s.io/selfsubjectreviews": (_review, { caller }) => ({ userInfo: userInfo(caller) }),
  "authentication.k8s.io/tokenreviews": reviewToken,
  "authorization.k8s.io/selfsubjectaccessreviews": ({ spec }, { caller, allows }) => ({
    allowed: allows(caller, attributesOf(shape(spec))),
  }),
  "authorization.k8s.io/subjectaccessreviews": ({ spec }, { allows }) => {
    const { user, groups } = shape(spec);
    const subject = { user: text(user) ?? "", groups: Array.isArray(groups) ? groups.map(String) : [] };
    return { allowed: allows(subject, attributesOf(shape(spec))) };
  },
  "authorization.k8s.io/selfsubjectrulesreviews": reviewRules,
};

/** The answer to a review, or undefined when the request is for something else. */
export function answerReview(
  { group, resource, verb }: ApiRequest,
  body: string,
  reviewer: Reviewer,
): object | undefined {
  const review = verb === "create" ? REVIEWS[`${group}/${resource}`] : undefined;
  if (review === undefined) return undefined;
  const asked = shape(JSON.parse(body));
  return { ...asked, status: review(asked, reviewer) };
}

/** Whether a request is for a review. */
export function isReview({ group, resource, verb }: ApiRequest): boolean {
  return verb === "create" && `${group}/${resource}` in REVIEWS;
}

function reviewToken({ spec }: Shape, { callerOf }: Reviewer): object {
  const caller = callerOf(text(shape(spec)["token"]) ?? "");
  if (caller === undefined) return { authenticated: false, error: "[invalid bearer token]" };
  return { authenticated: true, user: userInfo(caller), audiences: ["https://kubernetes.default.svc"] };
}

function reviewRules({ spec }: Shape, { caller, rulesOf }: Reviewer): object {
  const namespace = text(shape(spec)["namespace"]) ?? "";
  const { rules, incomplete } = rulesOf(caller, namespace);
  const forPaths = ({ nonResourceURLs }: PolicyRule): boolean => nonResourceURLs.length > 0;
  return {
    resourceRules: rules
      .filter(({ resources }) => resources.length > 0)
      .map(({ verbs, apiGroups, resources, resourceNames }) => ({
        verbs,
        apiGroups,
        resources,
        ...(resourceNames.length > 0 && { resourceNames }),
      })),
    nonResourceRules: rules.filter(forPaths).map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
    incomplete,
    ...(incomplete && { evaluationError: "webhook authorizer does not support user rule resolution" }),
  };
}

function userInfo({ user, groups }: Caller): object {
  return { username: user, uid: `uid-of-${user}`, groups };
}

/** "*" stands for itself: only a rule with "*" allows it. Empty means absent, as on the wire. */
function attributesOf(spec: Shape): ResourceAttributes | PathAttributes {
  const ofPath = optionalShape(spec["nonResourceAttributes"]);
  if (ofPath !== undefined) return { verb: text(ofPath["verb"]) ?? "", path: text(ofPath["path"]) ?? "" };
  const { verb, group, resource, subresource, namespace, name } = shape(spec["resourceAttributes"]);
  const given = Object.entries({ subresource, namespace, name }).filter(
    ([, value]) => value !== undefined && value !== "",
  );
  return {
    verb: text(verb) ?? "",
    group: text(group) ?? "",
    resource: text(resource) ?? "",
    ...Object.fromEntries(given.map(([key, value]) => [key, String(value)])),
  };
}
