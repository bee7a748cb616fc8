/**
 * Which hosts may be asked for. A page of another site cannot read our answers, unless its own name is made to point to
 * this machine (DNS rebinding): then the browser takes us for that site. Such a request still carries the foreign name
 * in its Host header. Addresses cannot be rebound, so they are always right.
 */
import { BlockList, isIP } from "node:net";

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
  if (allowedHosts === undefined && !isLoopback(hostname)) return () => true;
  const names = new Set(["localhost", hostname, publicHost, ...(allowedHosts ?? [])].map((name) => name.toLowerCase()));
  return (host) => isIP(host) !== 0 || host.endsWith(".localhost") || names.has(host);
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

function isLoopback(hostname: string): boolean {
  if (hostname === "localhost" || hostname.endsWith(".localhost")) return true;
  const family = isIP(hostname);
  return family !== 0 && LOOPBACK.check(hostname, family === 6 ? "ipv6" : "ipv4");
}

/** `Example.org.:3000` → "example.org", `[::1]:3000` → "::1", nonsense → "". */
export function nameOfHost(host: string): string {
  const [, address, name = ""] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(host) ?? [];
  return (address ?? name).toLowerCase().replace(/\.$/, "");
}
