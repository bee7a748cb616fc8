/**
 * How often something calls, as a closed form of time. What is read of the mesh are counters, so each curve is given by
 * its integral: reading any window, now or two weeks ago, costs the same and is exact.
 *
 *   users   ╱╲__╱╲__   busy by day, quiet by night, with slow waves on top
 *   job     ▔▏__▔▏__   runs for `activeSeconds` at the start of every period
 */
import { createRandom } from "./random.ts";

type Wave = { readonly amplitude: number; readonly periodSeconds: number; readonly phase: number };

export type Load =
  | { readonly kind: "waves"; readonly perSecond: number; readonly waves: readonly Wave[] }
  | {
      readonly kind: "job";
      readonly perSecond: number;
      readonly periodSeconds: number;
      readonly activeSeconds: number;
    };

const DAY_SECONDS = 86_400;

/** People: peaks in the afternoon (UTC) at about 1.4 times the mean, and wavers by some percent within minutes. */
export function userLoad(perSecond: number, seed: number, name: string): Load {
  const random = createRandom(seed, `load ${name}`);
  const waver = (amplitude: number, periodSeconds: number): Wave => ({
    amplitude: amplitude * random.between(0.6, 1.4),
    periodSeconds: periodSeconds * random.between(0.8, 1.2),
    phase: random.between(0, 2 * Math.PI),
  });
  // The sum of amplitudes stays below 1: a rate is never negative.
  const afternoon = { amplitude: 0.4, periodSeconds: DAY_SECONDS, phase: -Math.PI * 0.8 };
  return { kind: "waves", perSecond, waves: [afternoon, waver(0.08, 5400), waver(0.05, 900), waver(0.04, 190)] };
}

/** Machines: the same rate day and night, with a little unrest. */
export function steadyLoad(perSecond: number, seed: number, name: string): Load {
  const random = createRandom(seed, `load ${name}`);
  const phase = random.between(0, 2 * Math.PI);
  return { kind: "waves", perSecond, waves: [{ amplitude: 0.05, periodSeconds: 400, phase }] };
}

/** A scheduled job. */
export function jobLoad(perSecond: number, periodSeconds: number, activeSeconds: number): Load {
  return { kind: "job", perSecond, periodSeconds, activeSeconds };
}

/** Calls made from the unix epoch until a moment. Only differences mean anything. */
export function callsUntil(load: Load, seconds: number): number {
  if (load.kind === "job") {
    const periods = Math.floor(seconds / load.periodSeconds);
    const within = seconds - periods * load.periodSeconds;
    return load.perSecond * (periods * load.activeSeconds + Math.min(within, load.activeSeconds));
  }
  let calls = seconds;
  for (const { amplitude, periodSeconds, phase } of load.waves) {
    const turns = (2 * Math.PI) / periodSeconds;
    calls -= (amplitude / turns) * Math.cos(turns * seconds + phase);
  }
  return load.perSecond * calls;
}
