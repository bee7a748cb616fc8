/** Units a figure may be written with, as factors to the unit it is compared in. A bare figure is in that unit. */

export type Unit = "milliseconds" | "requestsPerSecond" | "bytesPerSecond" | "percent" | "count";

const FACTORS: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  milliseconds: { us: 0.001, µs: 0.001, ms: 1, s: 1000, min: 60_000 },
  requestsPerSecond: { rps: 1, krps: 1000, rpm: 1 / 60 },
  bytesPerSecond: { "B/s": 1, "kB/s": 1e3, "MB/s": 1e6, "GB/s": 1e9 },
  percent: { "%": 1 },
  count: {},
};

/** The units of a figure, as they are written. */
export function unitsOf(unit: Unit): readonly string[] {
  return Object.keys(FACTORS[unit]);
}

/** "1.5s" → 1500 for milliseconds; undefined for anything that is no figure with one of these units. */
export function parseFigure(text: string, unit: Unit): number | undefined {
  const [, figure, suffix = ""] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*(.*)$/i.exec(text) ?? [];
  if (figure === undefined) return undefined;
  const factor = suffix === "" ? 1 : factorOf(suffix, unit);
  const number = Number(figure) * (factor ?? Number.NaN);
  // −0 would not survive being written and read.
  return Number.isFinite(number) ? number + 0 : undefined;
}

function factorOf(suffix: string, unit: Unit): number | undefined {
  const known = Object.entries(FACTORS[unit]).find(([name]) => name.toLowerCase() === suffix.toLowerCase());
  return known?.[1];
}

/** Whether a word after a figure is its unit: the "ms" of "500 ms". */
export function isUnit(word: string, unit: Unit): boolean {
  return factorOf(word, unit) !== undefined;
}
