/** Which telemetry rows can be placed on the map, and what is wrong with the others. */
import { known } from "./edgeKey.ts";
import type { QualityCounter } from "./quality.ts";
import type { EdgeLabels } from "./reports.ts";

/** 10.0.0.7, 10.0.0.7:8080, fd00::7, [fd00::7]:8080; but not cafe:8080, which is a host. */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[?[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*\]?)(:\d+)?$/;

/** False for rows that cannot be placed: a namespace without any name in it, or a bare address that no object stands for. */
export function isUsable(row: EdgeLabels, quality: QualityCounter): boolean {
  const says = (value: string) => known(value) !== "";
  const namelessSource = says(row.sourceNamespace) && !says(row.sourceWorkload) && !says(row.sourceApp);
  const namedTarget = says(row.destinationWorkload) || says(row.destinationApp);
  const bareAddress =
    !namedTarget && row.destinationService === row.destinationServiceName && ADDRESS.test(row.destinationService);
  const namelessTarget = !namedTarget && !says(row.destinationService) && !says(row.destinationServiceName);
  const problem = namelessSource
    ? "nameless-source"
    : bareAddress
      ? "bare-address"
      : namelessTarget
        ? "nameless-target"
        : undefined;
  if (problem === undefined) return true;
  quality.count(problem, () => describeRow(row));
  return false;
}

/** "shop/web → cart.shop.svc.cluster.local → shop/cart-v1", with "?" for what the row does not say. */
export function describeRow(row: EdgeLabels): string {
  const said = (value: string) => known(value) || "?";
  const source = `${said(row.sourceNamespace)}/${said(row.sourceWorkload)}`;
  const target = `${said(row.destinationNamespace)}/${said(row.destinationWorkload)}`;
  return `${source} → ${said(row.destinationService)} → ${target}`;
}
