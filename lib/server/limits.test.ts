import { expect, onTestFinished, test, vi } from "vitest";
import { ANONYMOUS } from "./access/accessControl.ts";
import { costOf, type LimitReason, Limits, limitKey } from "./limits.ts";
import { isProblemError } from "./problemError.ts";

const { signal } = new AbortController();

function limits(settings: { requestsPerMinute?: number; concurrentRequests?: number } = {}) {
  const refused: LimitReason[] = [];
  const made = new Limits({ requestsPerMinute: 1000, concurrentRequests: 1000, ...settings }, (reason) =>
    refused.push(reason),
  );
  /** Resolves with what ends the request: it is made, and sent. */
  const admit = async (...asked: Parameters<Limits["admit"]>) => {
    const admission = await made.admit(...asked);
    return () => {
      admission.made();
      admission.closed();
    };
  };
  return { refused, admit, admission: made.admit.bind(made) };
}

/** "admitted", or the status and Retry-After of the refusal. */
async function outcome(admission: Promise<unknown>): Promise<string> {
  try {
    await admission;
    return "admitted";
  } catch (error) {
    if (!isProblemError(error)) throw error;
    return `${error.status} after ${error.headers["retry-after"]}`;
  }
}

test("after so many requests a minute a viewer is asked to wait, and nobody else", async () => {
  const { admit, refused } = limits({ requestsPerMinute: 3 });
  for (let times = 0; times < 3; times += 1) (await admit("ann", "read", signal))();
  expect(await outcome(admit("ann", "read", signal))).toMatch(/^429 after ([1-9]|[1-5]\d|60)$/);
  expect(await outcome(admit("bob", "read", signal))).toBe("admitted");
  expect(refused).toEqual(["rate"]);
});

test("requests that are still open count, until they are answered", async () => {
  const { admit, refused } = limits({ concurrentRequests: 2 });
  const done = await admit("ann", "read", signal);
  await admit("ann", "read", signal);
  expect(await outcome(admit("ann", "read", signal))).toBe("429 after 1");
  expect(await outcome(admit("bob", "read", signal))).toBe("admitted");
  done();
  // Twice is once: the second request of the two is still open.
  done();
  expect(await outcome(admit("ann", "read", signal))).toBe("admitted");
  expect(await outcome(admit("ann", "read", signal))).toBe("429 after 1");
  expect(refused).toEqual(["concurrency", "concurrency"]);
});

test("open streams do not count as requests, but have a number of their own", async () => {
  const { admit, refused } = limits({ concurrentRequests: 1 });
  const streams = await Promise.all(Array.from({ length: 100 }, () => admit("ann", "stream", signal)));
  expect(await outcome(admit("ann", "stream", signal))).toBe("429 after 30");
  expect(await outcome(admit("ann", "read", signal))).toBe("admitted");
  streams[0]?.();
  expect(await outcome(admit("ann", "stream", signal))).toBe("admitted");
  expect(refused).toEqual(["streams"]);
});

test("all viewers together open so many streams, and what a refused one held is given back", async () => {
  const { admit } = limits();
  const open = await Promise.all(Array.from({ length: 1000 }, (_, n) => admit(`v${n % 20}`, "stream", signal)));
  expect(await outcome(admit("late", "stream", signal))).toBe("503 after 30");
  open[0]?.();
  const late = await admit("late", "stream", signal);
  late();
  expect(await outcome(admit("v1", "stream", signal))).toBe("admitted");
});

test("expensive answers are made four at a time; the fifth waits for its turn", async () => {
  const { admit } = limits();
  const first = await Promise.all(["a", "b", "c", "d"].map((viewer) => admit(viewer, "expensive", signal)));
  let begun = false;
  const fifth = admit("e", "expensive", signal).then((done) => {
    begun = true;
    return done;
  });
  await new Promise(setImmediate);
  expect(begun).toBe(false);
  expect(await outcome(admit("e", "read", signal))).toBe("admitted");
  first[0]?.();
  (await fifth)();
  expect(begun).toBe(true);
});

test("an expensive answer keeps its place until it is sent, and two seconds at most", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const { admission } = limits();
  const first = await Promise.all(["a", "b", "c", "d"].map((viewer) => admission(viewer, "expensive", signal)));
  let begun = 0;
  for (const viewer of ["e", "f"]) void admission(viewer, "expensive", signal).then(() => (begun += 1));
  const turns = async () => {
    for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
  };
  first[0]?.made();
  first[1]?.made();
  vi.advanceTimersByTime(1999);
  await turns();
  expect(begun).toBe(0);
  first[0]?.closed();
  await turns();
  expect(begun).toBe(1);
  vi.advanceTimersByTime(1);
  await turns();
  expect(begun).toBe(2);
});

test("one viewer may have eight expensive answers open, and the line holds no more than 64", async () => {
  const { admit, refused } = limits();
  void Array.from({ length: 8 }, () => admit("ann", "expensive", signal));
  for (let turn = 0; turn < 8; turn += 1) await new Promise(setImmediate);
  expect(await outcome(admit("ann", "expensive", signal))).toBe("429 after 2");
  // Four of Ann's run, four wait.
  void Array.from({ length: 60 }, (_, n) => admit(`v${n}`, "expensive", signal));
  expect(await outcome(admit("late", "expensive", signal))).toBe("503 after 5");
  expect(refused).toEqual(["expensive", "busy"]);
});

test("who leaves while waiting loses the place and holds nothing", async () => {
  const { admit } = limits({ concurrentRequests: 1 });
  const first = await Promise.all(["a", "b", "c", "d"].map((viewer) => admit(viewer, "expensive", signal)));
  const tab = new AbortController();
  const waiting = admit("e", "expensive", tab.signal);
  tab.abort(new Error("closed"));
  await expect(waiting).rejects.toThrow("closed");
  expect(await outcome(admit("e", "read", signal))).toBe("admitted");
  first[0]?.();
  expect(await outcome(admit("f", "expensive", signal))).toBe("admitted");
});

test.each([
  ["reading", "?window=300", "read"],
  ["reading", "?window=6h", "read"],
  ["reading", "?window=7h", "expensive"],
  ["namespaces", "?duration=1d", "expensive"],
  ["series", "?start=1000&end=22700&step=60", "expensive"],
  ["series", "?start=1000&end=4600", "read"],
  ["reading", "?window=nonsense", "read"],
  ["compare", "", "expensive"],
  ["graph", "", "expensive"],
  ["events", "", "stream"],
])("%s%s is a %s", (route, query, cost) => {
  expect(costOf(route, new URL(`http://localhost/${query}`))).toBe(cost);
});

test("who is known is counted wherever they are, everybody else by where they come from", () => {
  expect(limitKey(ANONYMOUS, "198.51.100.9")).toBe("network 198.51.100.9");
  expect(limitKey(undefined, "198.51.100.9")).toBe("network 198.51.100.9");
  expect(limitKey({ ...ANONYMOUS, id: "ann" }, "198.51.100.9")).toBe("viewer ann");
});
