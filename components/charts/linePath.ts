/** Numbers over time as the path of a line or an area. Gaps stay gaps: nothing is drawn over missing values. */
import { area, line } from "d3-shape";

export type Values = readonly (number | null | undefined)[];

export type Plot = {
  readonly width: number;
  readonly height: number;
  /** The value at the top edge; 0 is at the bottom. */
  readonly top: number;
};

/** The largest value, at least `floor`, so that a line of zeros lies at the bottom. */
export function highest(values: Values, floor = 0): number {
  return values.reduce<number>((top, value) => Math.max(top, value ?? 0), floor);
}

/** Smallest, largest and last known value; undefined when nothing is known. */
export function summarize(values: Values): { min: number; max: number; last: number } | undefined {
  const known = values.filter((value) => value !== null && value !== undefined);
  const last = known.at(-1);
  return last === undefined ? undefined : { min: Math.min(...known), max: Math.max(...known), last };
}

export function linePath(values: Values, plot: Plot): string {
  const draw = line<Values[number]>()
    .defined(isKnown)
    .x((_, index) => xOf(index, values, plot))
    .y((value) => yOf(value, plot));
  return draw(values) ?? "";
}

export function areaPath(values: Values, plot: Plot): string {
  const draw = area<Values[number]>()
    .defined(isKnown)
    .x((_, index) => xOf(index, values, plot))
    .y0(plot.height)
    .y1((value) => yOf(value, plot));
  return draw(values) ?? "";
}

function isKnown(value: Values[number]): boolean {
  return value !== null && value !== undefined;
}

function xOf(index: number, values: Values, plot: Plot): number {
  return round((index / Math.max(1, values.length - 1)) * plot.width);
}

function yOf(value: Values[number], plot: Plot): number {
  return round(plot.height - ((value ?? 0) / (plot.top || 1)) * plot.height);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
