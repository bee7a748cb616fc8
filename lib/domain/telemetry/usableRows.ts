/** Which telemetry rows can be placed on the map, and what is wrong with the others. */
import { isComplete, known, knownLabels } from "./edgeKey.ts";
import type { QualityCounter } from "./quality.ts";
import type { EdgeLabels } from "./reports.ts";

/** More requests or bytes a second than any proxy handles; sums of such rates stay finite, too. */
const MOST_PER_SECOND = 1e15;

/** False for NaN, infinite, negative and absurdly large rates. */
export function isUsableRate(perSecond: number): boolean {
  return perSecond >= 0 && perSecond <= MOST_PER_SECOND;
}

/**
 * What a row says of its edge, without "unknown"; the row itself where it says all. Undefined, and counted, for rows that
 * cannot be used: no rate, a namespace without any name in it, or a bare address that no object stands for.
 */
export function usableLabels(
  row: EdgeLabels & { readonly perSecond: number },
  quality: QualityCounter,
): EdgeLabels | undefined {
  if (!isUsableRate(row.perSecond)) {
    quality.count("bad-value", () => `${describeRow(row)}: ${row.perSecond}`);
    return undefined;
  }
  if (isComplete(row)) return row;
  const labels = knownLabels(row);
  const problem = problemOf(labels);
  if (problem === undefined) return labels;
  quality.count(problem, () => describeRow(row));
  return undefined;
}

/** 10.0.0.7, 10.0.0.7:8080, fd00::7, [fd00::7]:8080; but not cafe:8080, which is a host. */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[?[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*\]?)(:\d+)?$/;

function problemOf(labels: EdgeLabels): "nameless-source" | "nameless-target" | "bare-address" | undefined {
  if (labels.sourceNamespace !== "" && labels.sourceWorkload === "" && labels.sourceApp === "")
    return "nameless-source";
  if (labels.destinationWorkload !== "" || labels.destinationApp !== "") return undefined;
  const { destinationService: host, destinationServiceName: name } = labels;
  if (host === "" && name === "") return "nameless-target";
  return host === name && ADDRESS.test(host) ? "bare-address" : undefined;
}

/** "shop/web → cart.shop.svc.cluster.local → shop/cart-v1", with "?" for what the row does not say. */
export function describeRow(row: EdgeLabels): string {
  const said = (value: string) => known(value) || "?";
  const source = `${said(row.sourceNamespace)}/${said(row.sourceWorkload)}`;
  const target = `${said(row.destinationNamespace)}/${said(row.destinationWorkload)}`;
  return `${source} → ${said(row.destinationService)} → ${target}`;
}
