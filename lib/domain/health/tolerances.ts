/**
 * How many bad responses make something degraded or failing: the tolerances people may set, in Kiali's shape, and the
 * defaults. Patterns match whole texts (pattern.ts).
 */

export type Tolerance = {
  /** Response codes: HTTP statuses, gRPC statuses, "-" for no response; X is any digit. */
  readonly code: string;
  /** "http", "grpc" or both. */
  readonly protocol: string;
  /** "inbound", "outbound" or both. */
  readonly direction: string;
  /** Degraded from this share on, in percent; 0 means "from the first". */
  readonly degraded: number;
  /** Failing from this share on, in percent. */
  readonly failure: number;
};

/** Tolerances of some objects. The first entry that matches an object is the only one that counts for it. */
export type RateEntry = {
  readonly namespace: string;
  /** "app", "service" or "workload". */
  readonly kind: string;
  readonly name: string;
  readonly tolerance: readonly Tolerance[];
};

/** What travels with a reading, so that page and server judge alike. */
export type HealthConfig = { readonly rate: readonly RateEntry[] };

export const NO_HEALTH_CONFIG: HealthConfig = { rate: [] };

/** A gRPC call that got no status OK. Proxies refuse some with an HTTP status, which clients turn into a gRPC error. */
export const GRPC_ERROR_CODES = "[1-9]\\d?|[45]XX";

const BOTH = { direction: ".*", degraded: 0.1, failure: 10 } as const;

/** Kiali's, but for one: it calls the first 5xx of a million degraded, we the first of a thousand (docs/adr/0008). */
export const DEFAULT_TOLERANCES: readonly Tolerance[] = [
  { ...BOTH, code: "5XX", protocol: "http" },
  { ...BOTH, code: "4XX", protocol: "http", degraded: 10, failure: 20 },
  { ...BOTH, code: GRPC_ERROR_CODES, protocol: "grpc" },
  { ...BOTH, code: "-", protocol: "http|grpc" },
];

/** For protocols and directions that an object's own tolerances do not mention. */
export const FALLBACK_TOLERANCES: readonly Tolerance[] = [
  { ...BOTH, code: "5XX|-", protocol: "http" },
  { ...BOTH, code: `${GRPC_ERROR_CODES}|-`, protocol: "grpc" },
];
