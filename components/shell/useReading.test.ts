import { expect, it } from "vitest";
import { isDue } from "./useReading.ts";

it("refreshes as often as the viewer chose, however often the server has news", () => {
  // The server has news every 15 s; an answer takes 0.3 s.
  const news = [14_700, 29_700, 44_700, 59_700];
  expect(news.map((age) => isDue(age, 15))).toEqual([true, true, true, true]);
  expect(news.map((age) => isDue(age, 60))).toEqual([false, false, false, true]);
});
