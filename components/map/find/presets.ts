/** Questions often asked, in words and as expressions. */
export type Preset = { readonly name: string; readonly expression: string };

export const FIND_PRESETS: readonly Preset[] = [
  { name: "Not healthy", expression: "not healthy" },
  { name: "Slow calls", expression: "rt > 1s or p95 > 1s" },
  { name: "More than 1 % errors", expression: "errors > 1%" },
  { name: "Not all mTLS", expression: "not mtls" },
  { name: "Unknown callers", expression: "node = unknown" },
  { name: "Most connected", expression: "rank <= 2" },
];

export const HIDE_PRESETS: readonly Preset[] = [
  { name: "Healthy", expression: "healthy" },
  { name: "Unknown callers", expression: "node = unknown" },
  { name: "Idle", expression: "idle" },
  { name: "TCP", expression: "protocol = tcp" },
  { name: "All but the most connected", expression: "rank > 2" },
];
