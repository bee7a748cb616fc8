import { expect, test } from "vitest";
import { createLimiter } from "./limiter.ts";

const never = new AbortController().signal;

function task(name: string, started: string[]) {
  const { promise, resolve } = Promise.withResolvers<void>();
  return {
    run: async () => {
      started.push(name);
      await promise;
    },
    finish: resolve,
  };
}

test("a task waits until one before it has ended", async () => {
  const limiter = createLimiter(1);
  const started: string[] = [];
  const first = task("first", started);
  const second = task("second", started);
  const firstDone = limiter.run(first.run, { signal: never, urgent: false });
  const secondDone = limiter.run(second.run, { signal: never, urgent: false });
  await Promise.resolve();
  expect(started).toEqual(["first"]);
  first.finish();
  await firstDone;
  second.finish();
  await secondDone;
  expect(started).toEqual(["first", "second"]);
});

test("an urgent task overtakes patient ones in the queue", async () => {
  const limiter = createLimiter(1);
  const started: string[] = [];
  const tasks = ["running", "patient", "urgent"].map((name) => task(name, started));
  const done = tasks.map(({ run }, index) => limiter.run(run, { signal: never, urgent: index === 2 }));
  for (const { finish } of tasks) finish();
  await Promise.all(done);
  expect(started).toEqual(["running", "urgent", "patient"]);
});

test("a queued task leaves when aborted, and its place in the queue with it", async () => {
  const limiter = createLimiter(1);
  const started: string[] = [];
  const running = task("running", started);
  const aborted = task("aborted", started);
  const last = task("last", started);
  const abort = new AbortController();
  const runningDone = limiter.run(running.run, { signal: never, urgent: false });
  const abortedDone = limiter.run(aborted.run, { signal: abort.signal, urgent: false });
  const lastDone = limiter.run(last.run, { signal: never, urgent: false });
  abort.abort(new Error("nobody looks"));
  await expect(abortedDone).rejects.toThrow("nobody looks");
  running.finish();
  last.finish();
  await Promise.all([runningDone, lastDone]);
  expect(started).toEqual(["running", "last"]);
});

test("a failed task gives its place back", async () => {
  const limiter = createLimiter(1);
  const failing = limiter.run(() => Promise.reject(new Error("no")), { signal: never, urgent: false });
  await expect(failing).rejects.toThrow("no");
  await expect(limiter.run(() => Promise.resolve(1), { signal: never, urgent: false })).resolves.toBe(1);
});
