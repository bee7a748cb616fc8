/**
 * Every setting, from MESHSCOPE_* variables and an optional YAML file, checked once at start.
 * A wrong setting ends the start with a message that names the key and the fix. The README's table lists them.
 */
import { accessSync, constants, readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { parseQueryScope } from "#lib/adapters/prometheus/queryScope.ts";
import type { Matcher } from "#lib/adapters/prometheus/selector.ts";
import { AUTH_MODES } from "#lib/api/session.ts";
import { NO_HEALTH_CONFIG } from "#lib/domain/health/tolerances.ts";
import { addressRange, authContradictions, headerName, issuerUrl, publicUrl, secrets } from "./access/authSettings.ts";
import { readHealthRate } from "./healthSettings.ts";

const PREFIX = "MESHSCOPE_";

function list(text: string): string[] {
  return text
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

/** "X-Scope-OrgID=team, X-Other=1" → pairs; values may hold "=". */
function pairs(text: string, context: z.RefinementCtx): Record<string, string> {
  const entries: Record<string, string> = {};
  for (const item of list(text)) {
    const at = item.indexOf("=");
    if (at <= 0) {
      context.addIssue({ code: "custom", message: `"${item}" is not NAME=VALUE; separate several with commas` });
      return z.NEVER;
    }
    entries[item.slice(0, at).trim()] = item.slice(at + 1).trim();
  }
  return entries;
}

/** `mesh="east", cluster=~"a|b"` → matchers for every selector. */
function matchers(text: string, context: z.RefinementCtx): Matcher[] {
  try {
    return parseQueryScope(text);
  } catch (error) {
    context.addIssue({ code: "custom", message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
}

export type NamedUrl = { readonly name?: string; readonly url: string };

/** "http://one:9090" or "east=http://one:9090, west=http://two:9090" → addresses, each with its name if any. */
function addresses(text: string, context: z.RefinementCtx): NamedUrl[] {
  const found: NamedUrl[] = [];
  for (const item of list(text)) {
    const [, name, rest] = /^([\w][\w.-]*)=(https?:.*)$/.exec(item) ?? [];
    const checked = httpUrl.safeParse(rest ?? item);
    const problem = checked.success ? undefined : checked.error.issues[0]?.message;
    const isTwice = name !== undefined && found.some((known) => known.name === name);
    if (problem !== undefined || isTwice) {
      context.addIssue({ code: "custom", message: problem ?? `"${name}" names two servers` });
      return z.NEVER;
    }
    found.push({ ...(name === undefined ? {} : { name }), url: rest ?? item });
  }
  return found;
}

/** "east=admin@east,west" → contexts of the kubeconfig, each with its cluster's name: its own where none is given. */
function contexts(text: string, context: z.RefinementCtx): { readonly cluster: string; readonly context: string }[] {
  const found = list(text).map((item) => {
    const at = item.indexOf("=");
    return { cluster: item.slice(0, at < 0 ? item.length : at).trim(), context: item.slice(at + 1).trim() };
  });
  const bad = found.find(({ cluster, context }) => cluster === "" || context === "");
  const twice = found.find(({ cluster }, at) => found.findIndex((other) => other.cluster === cluster) !== at);
  const message =
    found.length === 0 || bad !== undefined
      ? 'must list contexts of the kubeconfig, such as "east=admin@east,west=admin@west"'
      : `"${twice?.cluster}" names two clusters`;
  if (found.length > 0 && bad === undefined && twice === undefined) return found;
  context.addIssue({ code: "custom", message });
  return z.NEVER;
}

/** A file that must be readable at start, so that a typo shows at once and not at the first query. */
const readableFile = z.string().refine((path) => {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}, "must name a file that can be read");

/** "/meshscope" or "/tools/mesh". Plain characters only: it stands in URLs, cookies and regular expressions. */
const basePath = z
  .string()
  .max(100)
  .regex(/^(\/(?!\.{1,2}(\/|$))[\w.~-]+)+$/, 'must look like "/meshscope", without a slash at its end');

const httpUrl = z.url({ protocol: /^https?$/, error: "must be a URL such as http://prometheus.monitoring:9090" });
const seconds = (least: number, most: number) =>
  z.coerce.number({ error: "must be a number of seconds" }).min(least).max(most);

const count = (least: number, most: number) =>
  z.coerce.number({ error: "must be a whole number" }).int({ error: "must be a whole number" }).min(least).max(most);

/** "services=1000,edges=3000,namespaces=50"; edges default to three a service, namespaces to one for twenty services. */
const scale = z.string().transform((text, context) => {
  const given = pairs(text, context);
  const unknown = Object.keys(given).find((key) => !["services", "edges", "namespaces"].includes(key));
  const numbers = z.record(z.string(), z.coerce.number().int().min(1).max(100_000)).safeParse(given);
  if (unknown !== undefined || !numbers.success || given.services === undefined) {
    context.addIssue({ code: "custom", message: 'must look like "services=1000,edges=3000,namespaces=50"' });
    return z.NEVER;
  }
  const { services = 1, edges = services * 3, namespaces = Math.max(1, Math.round(services / 20)) } = numbers.data;
  if (namespaces > services) {
    context.addIssue({ code: "custom", message: `${namespaces} namespaces need at least as many services` });
    return z.NEVER;
  }
  return { services, edges, namespaces };
});

export const settingsSchema = z.object({
  ALLOWED_HOSTS: z.string().transform(list).optional(),
  BASE_PATH: basePath.default(""),
  PROMETHEUS_URL: z.string().transform(addresses).optional(),
  PROMETHEUS_TOKEN: z.string().min(1).optional(),
  PROMETHEUS_TOKEN_FILE: readableFile.optional(),
  PROMETHEUS_USERNAME: z.string().min(1).optional(),
  PROMETHEUS_PASSWORD: z.string().optional(),
  PROMETHEUS_CA_FILE: readableFile.optional(),
  PROMETHEUS_HEADERS: z.string().transform(pairs).optional(),
  PROMETHEUS_QUERY_SCOPE: z.string().transform(matchers).optional(),
  PROMETHEUS_TIMEOUT_SECONDS: seconds(1, 600).default(30),
  PROMETHEUS_RULES: z.enum(["auto", "off"], { error: "must be auto or off" }).default("auto"),
  KUBE_CONTEXT: z.string().min(1).optional(),
  KUBE_CONTEXTS: z.string().transform(contexts).optional(),
  REMOTE_SECRETS: z.string().transform(list).optional(),
  REMOTE_TOKENS: z.enum(["enabled", "off"], { error: "must be enabled or off" }).default("off"),
  CLUSTER_NAME: z.string().min(1).default("Kubernetes"),
  NAMESPACES: z.string().transform(list).optional(),
  ISTIO_NAMESPACE: z.string().transform(list).default(["istio-system"]),
  CERTIFICATES: z.enum(["enabled", "off"], { error: "must be enabled or off" }).default("off"),
  REFRESH_SECONDS: seconds(1, 3600).default(15),
  HEALTH_RATE: z.string().transform(readHealthRate).default(NO_HEALTH_CONFIG),
  AUTH: z.enum(AUTH_MODES, { error: "must be anonymous, token, header or oidc" }).default("anonymous"),
  REQUESTS_PER_MINUTE: count(10, 1_000_000).default(1200),
  CONCURRENT_REQUESTS: count(1, 10_000).default(64),
  TLS_CERT_FILE: readableFile.optional(),
  TLS_KEY_FILE: readableFile.optional(),
  PUBLIC_URL: publicUrl.optional(),
  TRUSTED_PROXIES: z.string().transform(list).pipe(z.array(addressRange).min(1)).optional(),
  SESSION_SECRET: secrets.optional(),
  SESSION_SECRET_FILE: readableFile.optional(),
  SESSION_IDLE_MINUTES: z.coerce.number({ error: "must be a number of minutes" }).min(1).max(1440).default(30),
  SESSION_HOURS: z.coerce.number({ error: "must be a number of hours" }).min(0.1).max(168).default(8),
  AUTH_USER_HEADER: headerName.default("x-forwarded-user"),
  AUTH_GROUPS_HEADER: headerName.default("x-forwarded-groups"),
  OIDC_ISSUER: issuerUrl.optional(),
  OIDC_CLIENT_ID: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  OIDC_CLIENT_SECRET_FILE: readableFile.optional(),
  OIDC_SCOPES: z.string().min(1).default("openid profile email"),
  OIDC_USER_CLAIM: z.string().min(1).default("email"),
  OIDC_GROUPS_CLAIM: z.string().min(1).default("groups"),
  OIDC_ALLOWED_GROUPS: z.string().transform(list).optional(),
  OIDC_ALLOWED_DOMAINS: z.string().toLowerCase().transform(list).optional(),
  OIDC_CA_FILE: readableFile.optional(),
  OIDC_KUBERNETES: z
    .enum(["token", "impersonate", "process"], { error: "must be token, impersonate or process" })
    .default("token"),
  WRITE: z.enum(["enabled", "off"], { error: "must be enabled or off" }).optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug"]).default("info"),
  DEMO: z.stringbool().default(false),
  DEMO_SEED: z.coerce.number({ error: "must be a whole number" }).int({ error: "must be a whole number" }).default(1),
  DEMO_TIME: z.iso.datetime({ offset: true }).optional(),
  DEMO_SCALE: scale.optional(),
  DEMO_MANIFESTS: readableFile.optional(),
});

export type Settings = z.infer<typeof settingsSchema>;

/** Settings are wrong: `message` lists every problem, one a line, each with its key. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** Reads settings from variables (which win) and the YAML file that MESHSCOPE_CONFIG names. Throws SettingsError. */
export function loadSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const file = environment.MESHSCOPE_CONFIG;
  const values = new Map<string, string>(file === undefined || file === "" ? [] : readFile(file));
  for (const [name, value] of Object.entries(environment)) {
    if (!name.startsWith(PREFIX) || name === "MESHSCOPE_CONFIG" || value === undefined || value === "") continue;
    values.set(name.slice(PREFIX.length), value);
  }
  const unknown = [...values.keys()].filter((key) => !(key in settingsSchema.shape));
  const result = settingsSchema.safeParse(Object.fromEntries(values));
  const problems = [
    ...unknown.map((key) => `${PREFIX}${key}: there is no such setting${suggestion(key)}`),
    ...(result.error?.issues ?? []).map((issue) => `${PREFIX}${issue.path.join(".")}: ${issue.message}`),
    ...(result.success ? contradictions(result.data) : []),
  ];
  if (!result.success || problems.length > 0) {
    throw new SettingsError(`Settings are wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
  return result.data;
}

function contradictions(settings: Settings): string[] {
  const problems: string[] = [];
  if (settings.PROMETHEUS_TOKEN !== undefined && settings.PROMETHEUS_TOKEN_FILE !== undefined)
    problems.push(`${PREFIX}PROMETHEUS_TOKEN: give the token or MESHSCOPE_PROMETHEUS_TOKEN_FILE, not both`);
  if ((settings.PROMETHEUS_USERNAME === undefined) !== (settings.PROMETHEUS_PASSWORD === undefined))
    problems.push(
      `${PREFIX}PROMETHEUS_USERNAME: basic authentication needs username and MESHSCOPE_PROMETHEUS_PASSWORD`,
    );
  if ((settings.TLS_CERT_FILE === undefined) !== (settings.TLS_KEY_FILE === undefined))
    problems.push(`${PREFIX}TLS_CERT_FILE: TLS needs a certificate and its key in MESHSCOPE_TLS_KEY_FILE`);
  const bearer = settings.PROMETHEUS_TOKEN ?? settings.PROMETHEUS_TOKEN_FILE;
  if (bearer !== undefined && settings.PROMETHEUS_USERNAME !== undefined)
    problems.push(`${PREFIX}PROMETHEUS_USERNAME: give a user name and password or a token, not both`);
  if (settings.PROMETHEUS_URL === undefined && (bearer ?? settings.PROMETHEUS_USERNAME) !== undefined)
    problems.push(`${PREFIX}PROMETHEUS_URL: credentials for Prometheus need its address`);
  if (settings.KUBE_CONTEXT !== undefined && settings.KUBE_CONTEXTS !== undefined)
    problems.push(`${PREFIX}KUBE_CONTEXTS: give one context or several, not both`);
  if (settings.DEMO_SCALE !== undefined && !settings.DEMO)
    problems.push(`${PREFIX}DEMO_SCALE: only the demo has a scale; start it with "npm run demo"`);
  return [...problems, ...authContradictions(settings)];
}

/**
 * The YAML form nests and uses camelCase: `prometheus: { url: … }` is MESHSCOPE_PROMETHEUS_URL. A list of objects is what
 * its variable holds as JSON.
 */
function readFile(path: string): [string, string][] {
  let document: unknown;
  try {
    document = parse(readFileSync(path, "utf8"));
  } catch (cause) {
    throw new SettingsError(
      `MESHSCOPE_CONFIG: cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
    );
  }
  return flatten(document, "");
}

function flatten(value: unknown, path: string): [string, string][] {
  if (Array.isArray(value)) {
    const isFlat = value.every((item) => typeof item !== "object");
    return [[path, isFlat ? value.join(",") : JSON.stringify(value)]];
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).flatMap(([key, inner]) => {
      const name = key.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toUpperCase();
      return flatten(inner, path === "" ? name : `${path}_${name}`);
    });
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? [[path, `${value}`]]
    : [];
}

function suggestion(key: string): string {
  const close = Object.keys(settingsSchema.shape).find(
    (known) => known.includes(key) || key.includes(known) || sharedStart(known, key) >= Math.min(8, key.length - 2),
  );
  return close === undefined ? "; see the README's settings table" : `; did you mean ${PREFIX}${close}?`;
}

function sharedStart(left: string, right: string): number {
  let length = 0;
  while (length < left.length && left[length] === right[length]) length += 1;
  return length;
}
