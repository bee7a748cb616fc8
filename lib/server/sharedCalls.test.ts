import { describe, expect, it } from "vitest";
import { SharedCalls } from "./sharedCalls.ts";

function deferredCalls() {
  const begun: { signal: AbortSignal; finish: (value: string) => void; fail: (error: Error) => void }[] = [];
  const begin = (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      begun.push({ signal, finish: resolve, fail: reject });
    });
  return { begun, begin };
}

const staying = new AbortController().signal;

describe("calls under one key", () => {
  it("are made once and answered to all", async () => {
    const calls = new SharedCalls<string>();
    const { begun, begin } = deferredCalls();
    const answers = [calls.join("a", begin, staying), calls.join("a", begin, staying)];
    expect(begun).toHaveLength(1);
    begun[0]?.finish("done");
    expect(await Promise.all(answers)).toEqual(["done", "done"]);
  });

  it("go on while one caller stays, and stop when the last has left", async () => {
    const calls = new SharedCalls<string>();
    const { begun, begin } = deferredCalls();
    const first = new AbortController();
    const second = new AbortController();
    const answers = [calls.join("a", begin, first.signal), calls.join("a", begin, second.signal)];
    const settled = Promise.allSettled(answers);
    first.abort(new Error("left"));
    await expect(answers[0]).rejects.toThrow("left");
    expect(begun[0]?.signal.aborted).toBe(false);
    second.abort();
    await settled;
    expect(begun[0]?.signal.aborted).toBe(true);
  });

  it("begin anew after a failure, which all callers see", async () => {
    const calls = new SharedCalls<string>();
    const { begun, begin } = deferredCalls();
    const failing = [calls.join("a", begin, staying), calls.join("a", begin, staying)];
    begun[0]?.fail(new Error("no route"));
    expect((await Promise.allSettled(failing)).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    const again = calls.join("a", begin, staying);
    begun[1]?.finish("back");
    expect(await again).toBe("back");
  });

  it("do not join a cancelled call", async () => {
    const calls = new SharedCalls<string>();
    const { begun, begin } = deferredCalls();
    const leaving = new AbortController();
    const left = calls.join("a", begin, leaving.signal);
    leaving.abort(new Error("left"));
    await expect(left).rejects.toThrow("left");
    const next = calls.join("a", begin, staying);
    expect(begun).toHaveLength(2);
    begun[1]?.finish("fresh");
    expect(await next).toBe("fresh");
  });
});
