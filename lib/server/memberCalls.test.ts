import { expect, test, vi } from "vitest";
import { SourceError } from "#lib/ports.ts";
import { MemberCalls } from "./memberCalls.ts";

const never = new AbortController().signal;

function timeout(): SourceError {
  return new SourceError({ source: "prometheus", kind: "timeout", message: "west is too slow", hint: "" });
}

function slow(): Promise<string> {
  return Promise.reject(timeout());
}

function member() {
  const clock = { now: 1_000, nowSeconds: () => clock.now };
  return { clock, calls: new MemberCalls({ clock, random: () => 0, trialMs: 1 }) };
}

test("a server that failed is left alone for a while", async () => {
  const { clock, calls } = member();
  await expect(calls.run(slow, true, never)).rejects.toThrow("west is too slow");
  const again = vi.fn(() => Promise.resolve("rows"));
  await expect(calls.run(again, true, never)).rejects.toThrow("west is too slow");
  expect(again).not.toHaveBeenCalled();
  clock.now += 1;
  await expect(calls.run(again, true, never)).resolves.toBe("rows");
});

test("when it is tried again its answer is not waited for, and is believed when it comes", async () => {
  const { clock, calls } = member();
  await calls.run(slow, true, never).catch(() => {});
  clock.now += 1;
  const late = Promise.withResolvers<string>();
  await expect(calls.run(() => late.promise, true, never)).rejects.toThrow("west is too slow");
  late.resolve("rows");
  await late.promise;
  // It answers: the next call is waited for, however long it takes.
  const next = Promise.withResolvers<string>();
  const waiting = calls.run(() => next.promise, true, never);
  setTimeout(() => next.resolve("more rows"), 20);
  await expect(waiting).resolves.toBe("more rows");
});

test("the failure of a costly query says nothing of the server", async () => {
  const { calls } = member();
  await calls.run(slow, false, never).catch(() => {});
  await expect(calls.run(() => Promise.resolve("rows"), true, never)).resolves.toBe("rows");
});

test("a call that its caller gave up says nothing of the server", async () => {
  const { calls } = member();
  await calls.run(slow, true, AbortSignal.abort()).catch(() => {});
  await expect(calls.run(() => Promise.resolve("rows"), true, never)).resolves.toBe("rows");
});
