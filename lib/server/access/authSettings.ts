/** Settings that say who may look: their form, and what cannot go together. */
import { isIP } from "node:net";
import { z } from "zod";
import type { AuthMode } from "#lib/api/session.ts";
import { isLoopback, nameOfHost } from "../hosts.ts";

/** Shorter ones can be guessed. */
const SECRET_LENGTH = 32;

/** "new, old" → secrets: the first seals, all of them open. */
export const secrets = z.string().transform(readSecrets);

/** Secrets of a setting or a file, separated by commas or lines. */
export function readSecrets(text: string, context: z.RefinementCtx): string[] {
  const found = text
    .split(/[,\n]/)
    .map((secret) => secret.trim())
    .filter((secret) => secret !== "");
  if (found.length > 0 && found.every((secret) => secret.length >= SECRET_LENGTH)) return found;
  // The message must not repeat any of it.
  context.addIssue({
    code: "custom",
    message: `each secret must have at least ${SECRET_LENGTH} characters; make one with: openssl rand -base64 48`,
  });
  return z.NEVER;
}

/** An address or a range of them: "10.0.0.0/8", "fd00::1". */
export const addressRange = z.string().refine(isRange, {
  error: ({ input }) => `"${String(input)}" is no address such as 10.0.0.1 and no range such as 10.0.0.0/8`,
});

function isRange(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  if (isIP(address) === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (family === "ipv6" ? 128 : 32);
}

/** Headers are compared in lower case. */
export const headerName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9-]*$/, "must be the name of a header, such as X-Forwarded-User");

/** The address people open; nothing after its path. */
export const publicUrl = z
  .url({ protocol: /^https?$/, error: "must be a URL such as https://mesh.example.org" })
  .refine((text) => /^[^?#]*$/.test(text) && !text.includes("@"), "must end with its path, without ? and #")
  .transform((text) => text.replace(/\/+$/, ""));

/** https; plain http only where nobody is in between. */
export const issuerUrl = z
  .url({ protocol: /^https?$/, error: "must be a URL such as https://sso.example.org/realms/ops" })
  .refine((text) => {
    const { protocol, host } = new URL(text);
    const name = nameOfHost(host);
    return protocol === "https:" || name === "localhost" || isLoopback(name);
  }, "must begin with https:// (http:// is only for a provider on this machine)");

type AuthSettings = {
  readonly AUTH: AuthMode;
  readonly DEMO: boolean;
  readonly BASE_PATH: string;
  readonly PUBLIC_URL?: string | undefined;
  readonly TRUSTED_PROXIES?: readonly string[] | undefined;
  readonly SESSION_SECRET?: readonly string[] | undefined;
  readonly SESSION_SECRET_FILE?: string | undefined;
  readonly OIDC_ISSUER?: string | undefined;
  readonly OIDC_CLIENT_ID?: string | undefined;
  readonly OIDC_CLIENT_SECRET?: string | undefined;
  readonly OIDC_CLIENT_SECRET_FILE?: string | undefined;
  readonly OIDC_SCOPES: string;
};

/** What is missing for the mode, or given twice: one sentence each, beginning with its key. */
export function authContradictions(settings: AuthSettings): string[] {
  const problems: string[] = [];
  const need = (key: keyof AuthSettings, why: string) => {
    if (settings[key] === undefined) problems.push(`MESHSCOPE_${key}: ${why}`);
  };
  if (settings.SESSION_SECRET !== undefined && settings.SESSION_SECRET_FILE !== undefined)
    problems.push("MESHSCOPE_SESSION_SECRET: give the secret or MESHSCOPE_SESSION_SECRET_FILE, not both");
  if (settings.OIDC_CLIENT_SECRET !== undefined && settings.OIDC_CLIENT_SECRET_FILE !== undefined)
    problems.push("MESHSCOPE_OIDC_CLIENT_SECRET: give the secret or MESHSCOPE_OIDC_CLIENT_SECRET_FILE, not both");
  if (settings.PUBLIC_URL !== undefined && pathOf(settings.PUBLIC_URL) !== settings.BASE_PATH)
    problems.push("MESHSCOPE_PUBLIC_URL: its path must be MESHSCOPE_BASE_PATH, as people's browsers see both");
  if (settings.AUTH === "header")
    need("TRUSTED_PROXIES", "mode header believes only proxies it knows; name their addresses: 10.0.0.0/8");
  if (settings.AUTH === "token" && settings.DEMO)
    problems.push("MESHSCOPE_AUTH: the demo has no Kubernetes that could check tokens; choose another mode");
  if (settings.AUTH !== "oidc") return problems;
  need("OIDC_ISSUER", "mode oidc needs the provider's issuer");
  need("OIDC_CLIENT_ID", "mode oidc needs the client's id at the provider");
  need("PUBLIC_URL", "mode oidc needs the address to which the provider sends people back");
  if (!settings.OIDC_SCOPES.split(" ").includes("openid"))
    problems.push('MESHSCOPE_OIDC_SCOPES: must contain "openid"');
  return problems;
}

function pathOf(url: string): string {
  return new URL(url).pathname.replace(/\/$/, "");
}
