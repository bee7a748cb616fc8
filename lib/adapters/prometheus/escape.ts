/** Text from configuration and clusters, made safe to stand inside PromQL. Nothing is put into a query without it. */

/**
 * A PromQL string literal. PromQL reads Go string escapes, of which JSON's are a subset once lone surrogates,
 * which Go refuses, are gone.
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals
 */
export function quote(value: string): string {
  return JSON.stringify(value.toWellFormed());
}

/** A regular expression (RE2, anchored at both ends by PromQL) that matches exactly this text. */
export function escapeRegex(value: string): string {
  return value.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}
