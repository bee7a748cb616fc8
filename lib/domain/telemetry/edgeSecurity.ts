/** How the connections of an edge were secured, by pair of principals, as one reporter saw it. */
import { joinKey, known } from "./edgeKey.ts";
import type { EdgeTableBuilder } from "./edgeTableBuilder.ts";
import type { PrincipalLabels } from "./reports.ts";

/** `reported`: requests or bytes a second whose security the reporter knew; `mutualTls`: those of them over mutual TLS. */
export type EdgeSecurity = Map<string, { readonly principals: PrincipalLabels; mutualTls: number; reported: number }>;

/** Of one edge, so many pairs are told apart: a workload has one identity, and nobody reads a hundred. */
export const MOST_PAIRS = 100;
/** Principals that are not known, and all those beyond. */
export const NOBODY: PrincipalLabels = { sourcePrincipal: "", destinationPrincipal: "" };

/** Nothing where the row does not say how the connection was secured. */
export function addSecurity(
  security: EdgeSecurity,
  row: PrincipalLabels & { readonly securityPolicy: string },
  perSecond: number,
): void {
  if (row.securityPolicy === "" || row.securityPolicy === "unknown") return;
  const principals = {
    sourcePrincipal: known(row.sourcePrincipal),
    destinationPrincipal: known(row.destinationPrincipal),
  };
  const rates = ratesOf(security, principals);
  rates.reported += perSecond;
  if (row.securityPolicy === "mutual_tls") rates.mutualTls += perSecond;
}

function ratesOf(security: EdgeSecurity, principals: PrincipalLabels) {
  const key = joinKey(principals.sourcePrincipal, principals.destinationPrincipal);
  const known = security.get(key);
  if (known !== undefined) return known;
  if (security.size >= MOST_PAIRS && principals !== NOBODY) return ratesOf(security, NOBODY);
  const rates = { principals, mutualTls: 0, reported: 0 };
  security.set(key, rates);
  return rates;
}

/** The first of several reporters' words that says anything. */
export function writeSecurity(
  builder: EdgeTableBuilder,
  edge: number,
  reported: readonly (EdgeSecurity | undefined)[],
): void {
  const told = reported.find((security) => security !== undefined && security.size > 0);
  for (const { principals, ...rates } of told?.values() ?? []) builder.security(edge, principals, rates);
}
