import { describe, expect, it } from "vitest";
import { createProxies } from "./proxies.ts";

const proxies = createProxies(["10.0.0.0/8", "fd00::/8", "192.0.2.7"]);

describe("trusted proxies", () => {
  it.each([
    ["10.1.2.3", true],
    ["::ffff:10.1.2.3", true],
    ["::ffff:0a01:0203", true],
    ["fd12::1", true],
    ["fd12::1%eth0", true],
    ["192.0.2.7", true],
    ["192.0.2.8", false],
    ["11.0.0.1", false],
    ["::1", false],
    ["", false],
    ["10.1.2.3, 1.1.1.1", false],
  ])("%s: %s", (address, expected) => {
    expect(proxies.trusts(address)).toBe(expected);
  });

  it.each([
    ["a peer that is no proxy is the client, whatever it says", "203.0.113.9", "10.0.0.1", "203.0.113.9"],
    [
      "the last address that is no proxy is the client",
      "10.0.0.5",
      "198.51.100.1, 203.0.113.9, 10.0.0.9",
      "203.0.113.9",
    ],
    ["without the header the proxy itself is", "10.0.0.5", undefined, "10.0.0.5"],
    ["what is no address ends the chain", "10.0.0.5", "203.0.113.9, unknown", "10.0.0.5"],
    ["a chain of proxies alone begins at the first", "::ffff:10.0.0.5", "10.0.0.1, 10.0.0.2", "10.0.0.1"],
  ])("%s", (_, peer, forwarded, expected) => {
    expect(proxies.clientOf(forwarded, peer)).toBe(expected);
  });
});
