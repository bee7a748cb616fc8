/**
 * Which moments stand for a window too long to be read whole: a rate over a week touches every sample of that week.
 *
 *   |··-····-····-··-····-···-··|  some minutes each, spread over the window and over the hours of the day
 *
 * Two sequences place them: one chooses the day, one the hour. Multiples of an irrational number, modulo one, fill the
 * line evenly however many are taken, and these two together fill the plane; with one sequence alone a window of 8 or
 * 13 days would see half of the hours only, as multiples of the golden ratio of such a number are nearly whole.
 * Each prefix is spread evenly too, so reading may stop at any sample.
 */
import type { Moment } from "#lib/ports.ts";

/** The longest window that is read whole. */
const LONGEST_WHOLE_SECONDS = 6 * 3_600;
/** Samples are a thousandth of the window, within these: five minutes hold enough scrapes, an hour costs enough. */
const SHORTEST_SAMPLE_SECONDS = 300;
const LONGEST_SAMPLE_SECONDS = 3_600;
const DAY = 86_400;
const DAY_STEP = (Math.sqrt(5) - 1) / 2;
const HOUR_STEP = Math.SQRT2 - 1;

/**
 * The moments to read, in order; the asked one alone where it can be read whole. `leastSeconds` is the shortest window
 * rates can be trusted in.
 */
export function sampleMoments(
  { windowSeconds, atSeconds }: Moment,
  { count, leastSeconds }: { readonly count: number; readonly leastSeconds: number },
): Moment[] {
  if (windowSeconds <= LONGEST_WHOLE_SECONDS) return [{ windowSeconds, atSeconds }];
  const minutes = Math.round(windowSeconds / 1_000 / 60);
  const sampleSeconds = Math.max(
    leastSeconds,
    Math.min(LONGEST_SAMPLE_SECONDS, Math.max(SHORTEST_SAMPLE_SECONDS, minutes * 60)),
  );
  const room = windowSeconds - sampleSeconds;
  if (room < count * sampleSeconds) return [{ windowSeconds, atSeconds }];
  const days = Math.max(1, Math.round(windowSeconds / DAY));
  return Array.from({ length: count }, (_, index) => {
    const day = Math.floor(fraction(0.5 + index * DAY_STEP) * days);
    const hour = fraction(0.5 + index * HOUR_STEP);
    const startsAfter = Math.round(((day + hour) / days) * room);
    return { windowSeconds: sampleSeconds, atSeconds: atSeconds - room + startsAfter };
  });
}

function fraction(value: number): number {
  return value - Math.floor(value);
}
