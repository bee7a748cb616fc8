/**
 * Which forwarded headers are believed: those that a configured proxy sent.
 *
 *   browser ── 203.0.113.9 ──▶ proxy ── 10.0.0.5 ──▶ us      X-Forwarded-For: 198.51.100.1, 203.0.113.9
 *                                       peer: trusted          ◀── read from the right: the first that is no
 *                                                                  proxy of ours is the client; the rest is hearsay
 */
import { BlockList, isIP } from "node:net";

export type Proxies = {
  /** Whether an address is a proxy's. IPv4 within IPv6 (::ffff:10.0.0.1) is taken for IPv4. */
  readonly trusts: (address: string) => boolean;
  /** Address of the client: the peer, or whom trusted proxies name in X-Forwarded-For. */
  readonly clientOf: (forwardedFor: string | undefined, peer: string) => string;
};

/** Takes addresses and ranges that the settings have checked. */
export function createProxies(ranges: readonly string[] = []): Proxies {
  const known = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    if (bits === undefined) known.addAddress(address, family);
    else known.addSubnet(address, Number(bits), family);
  }
  const trusts = (text: string) => {
    const address = plain(text);
    const family = isIP(address);
    return family !== 0 && known.check(address, family === 6 ? "ipv6" : "ipv4");
  };
  return {
    trusts,
    clientOf(forwardedFor = "", peer) {
      let client = plain(peer);
      for (const hop of forwardedFor.split(",").reverse()) {
        if (!trusts(client)) break;
        const address = plain(hop.trim());
        // What is no address is nobody's; the proxy that sent it is then as far as we know.
        if (isIP(address) === 0) break;
        client = address;
      }
      return client;
    },
  };
}

/** "::ffff:10.0.0.1" → "10.0.0.1", "fe80::1%eth0" → "fe80::1". */
function plain(address: string): string {
  const bare = address.replace(/%.*$/, "").toLowerCase();
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare) ?? [];
  return mapped ?? bare;
}
