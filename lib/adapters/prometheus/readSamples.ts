/** Reads the samples of a window one after another, and stops in time: a long window must not cost a server minutes. */
import { type Clock, isSourceError, type Moment, type Warning } from "#lib/ports.ts";
import { describeDuration } from "./moment.ts";

/** After this long no further sample is begun. */
const BUDGET_SECONDS = 10;
/** Fewer say nothing about a window. */
const FEWEST_SAMPLES = 4;

export type SampledReading<Part> = { readonly parts: readonly Part[]; readonly warnings: readonly Warning[] };

/**
 * Reads `samples` in order. One may fail; the second that fails ends the reading, with those read so far if they are
 * enough. A single sample is the window itself, read whole.
 */
export async function readSamples<Part>(
  samples: readonly Moment[],
  window: Moment,
  clock: Clock,
  read: (sample: Moment) => Promise<Part>,
): Promise<SampledReading<Part>> {
  const [only] = samples;
  if (samples.length === 1 && only !== undefined) return { parts: [await read(only)], warnings: [] };
  const begun = clock.nowSeconds();
  const parts: Part[] = [];
  let failure: Error | undefined;
  let ended: string | undefined;
  for (const sample of samples) {
    const isEnough = parts.length >= FEWEST_SAMPLES;
    if (isEnough && clock.nowSeconds() - begun >= BUDGET_SECONDS) {
      ended = `More would have taken longer than ${BUDGET_SECONDS} s.`;
      break;
    }
    try {
      parts.push(await read(sample));
    } catch (error) {
      if (!isSourceError(error) || (failure !== undefined && !isEnough)) throw error;
      ended = `Another could not be read: ${error.message}`;
      if (failure !== undefined) break;
      failure = error;
    }
  }
  if (parts.length < FEWEST_SAMPLES && failure !== undefined) throw failure;
  return { parts, warnings: [describeSamples(parts.length, samples[0]?.windowSeconds ?? 0, window, ended)] };
}

/** "Rates over 7 days are the mean of 12 samples of 10 minutes (1.2 % of the time)." */
function describeSamples(count: number, sampleSeconds: number, window: Moment, ended: string | undefined): Warning {
  const percent = Number(((100 * count * sampleSeconds) / window.windowSeconds).toPrecision(2));
  const message =
    `Rates over ${describeDuration(window.windowSeconds)} are the mean of ${count} samples ` +
    `of ${describeDuration(sampleSeconds)} (${percent} % of the time).`;
  return {
    code: "sampled-window",
    message: ended === undefined ? message : `${message} ${ended}`,
    hint: "What happened between the samples is not seen. Choose a window of at most six hours to see all of it.",
  };
}
