import { expect, test } from "vitest";
import { networkOf } from "./networkOf.ts";

test.each([
  ["10.0.0.7", "10.0.0.7"],
  ["2001:db8:1:2:aaaa::1", "2001:db8:1:2"],
  ["2001:0db8:0001:2::", "2001:db8:1:2"],
  ["2001:db8::1", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
])("the address %s is counted as %s", (address, network) => {
  expect(networkOf(address)).toBe(network);
});
