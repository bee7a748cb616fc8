import { expect, test } from "vitest";
import { isLoopback, isLoopbackHost, nameOfHost } from "./hosts.ts";

test.each(["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])("%s is the machine itself", (address) => {
  expect(isLoopback(address)).toBe(true);
});

test.each(["", "localhost", "128.0.0.1", "::2", "::ffff:10.0.0.1", "127.0.0.1:80"])("%s is not", (address) => {
  expect(isLoopback(address)).toBe(false);
});

test.each([
  ["Example.org.:3000", "example.org", false],
  ["localhost:3000", "localhost", true],
  ["mesh.localhost", "mesh.localhost", true],
  ["[::1]:3000", "::1", true],
  ["127.0.0.1:80", "127.0.0.1", true],
  ["localhost.evil.example", "localhost.evil.example", false],
  ["::1", "", false],
  ["", "", false],
])("the host %j names %j", (host, name, isOurs) => {
  expect(nameOfHost(host)).toBe(name);
  expect(isLoopbackHost(name)).toBe(isOurs);
});
