/** Who an OpenID provider says somebody is, and whether they may come in. */
import { nameProblem } from "./personNames.ts";

export type OidcRules = {
  readonly userClaim: string;
  readonly groupsClaim: string;
  /** Members of one of these; absent lets in everybody. */
  readonly allowedGroups?: readonly string[] | undefined;
  /** Verified e-mail addresses of these domains, in lower case; absent lets in everybody. */
  readonly allowedDomains?: readonly string[] | undefined;
  /** Whether the name is only for show: Kubernetes reads the token itself. */
  readonly kubernetesDecides: boolean;
};

export type OidcPerson = { readonly name: string; readonly groups: string[] };

/** Gives the person, or why they are not let in (for our log). */
export function personOf(claims: Readonly<Record<string, unknown>>, rules: OidcRules): OidcPerson | string {
  const { userClaim, groupsClaim, allowedGroups, allowedDomains, kubernetesDecides } = rules;
  const name = claims[userClaim];
  if (typeof name !== "string") return `the claim ${userClaim} is no text`;
  const groups = textsOf(claims[groupsClaim]);
  const isVerified = claims["email_verified"] === true;
  // Whoever may write any address into a profile may not become its owner by that.
  if (userClaim === "email" && !kubernetesDecides && !isVerified) return "email_verified is not true";
  for (const text of [name, ...groups]) {
    const problem = nameProblem(text);
    if (problem !== undefined) return `a user or group ${problem}`;
  }
  if (allowedGroups !== undefined && !groups.some((group) => allowedGroups.includes(group)))
    return "in none of the allowed groups";
  if (allowedDomains !== undefined) {
    const email = claims["email"];
    const domain = typeof email === "string" ? /^[^@\s]+@([^@\s]+)$/.exec(email)?.[1]?.toLowerCase() : undefined;
    if (domain === undefined || !isVerified || !allowedDomains.includes(domain))
      return "no verified e-mail address of an allowed domain";
  }
  return { name: name.trim(), groups };
}

function textsOf(claim: unknown): string[] {
  const list: unknown[] = Array.isArray(claim) ? claim : [claim];
  return [...new Set(list.filter((item): item is string => typeof item === "string" && item !== ""))];
}
