/**
 * Which hosts may be asked for. A page of another site cannot read our answers, unless its own name is made to point to
 * this machine (DNS rebinding): then the browser takes us for that site. Such a request still carries the foreign name
 * in its Host header. Addresses cannot be rebound, so they are always right.
 */
import { isIP } from "node:net";
import { isLoopbackHost } from "#lib/server/hosts.ts";

export type HostSettings = {
  /** The address we listen on. */
  readonly hostname: string;
  /** Names from MESHSCOPE_ALLOWED_HOSTS; undefined when it is not set. */
  readonly allowedHosts: readonly string[] | undefined;
  /** The host of MESHSCOPE_PUBLIC_URL, where people open us. */
  readonly publicHost?: string | undefined;
};

/** On loopback, and wherever names are given, only those, this machine's own and plain addresses are answered for. */
export function hostCheck({
  hostname,
  allowedHosts,
  publicHost = "localhost",
}: HostSettings): (host: string) => boolean {
  if (allowedHosts === undefined && !isLoopbackHost(hostname)) return () => true;
  const names = new Set(["localhost", hostname, publicHost, ...(allowedHosts ?? [])].map((name) => name.toLowerCase()));
  return (host) => isIP(host) !== 0 || host.endsWith(".localhost") || names.has(host);
}
