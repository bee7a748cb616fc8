/** Which product answers: each speaks Prometheus' API, and each has its own ways of rates, warnings and limits. */

export type Product = "Prometheus" | "VictoriaMetrics" | "Thanos" | "Grafana Mimir";

/**
 * From what status pages say; undefined when nothing tells, as with Cortex, which answers 404.
 *
 *     buildinfo {"application":"Grafana Mimir","version":"2.14.0","features":{…}}   Mimir; Prometheus names none
 *     x-server-hostname on every answer                                             VictoriaMetrics
 *     flags {"query.replica-label":"…","store.response-timeout":"…"}                Thanos, buildinfo as Prometheus'
 */
export function recogniseProduct(pages: {
  readonly buildinfo: unknown;
  readonly flags: unknown;
  readonly headers: Readonly<Record<string, string>>;
}): Product | undefined {
  const { buildinfo, flags, headers } = pages;
  if ("x-server-hostname" in headers) return "VictoriaMetrics";
  if (field(buildinfo, "application")?.includes("Mimir") === true) return "Grafana Mimir";
  if (isRecord(flags) && Object.keys(flags).some((name) => /^(query\.replica-label|store\.|endpoint)/.test(name)))
    return "Thanos";
  return field(buildinfo, "version") === undefined ? undefined : "Prometheus";
}

/** A text field of a page; undefined where it is absent or empty. */
export function field(page: unknown, name: string): string | undefined {
  const value = isRecord(page) ? page[name] : undefined;
  return typeof value === "string" && value !== "" ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
