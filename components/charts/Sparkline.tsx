import clsx from "clsx";
import { ABSENT } from "#lib/format/quantity.ts";
import { areaPath, highest, linePath, summarize, type Values } from "./linePath.ts";

const WIDTH = 320;
const HEIGHT = 36;

/** A small curve without axes; its lowest, highest and latest value stand beside it in words. */
export function Sparkline(props: {
  readonly title: string;
  readonly values: Values;
  readonly format: (value: number | undefined) => string;
  readonly tone?: "plain" | "bad";
}) {
  const { values, format } = props;
  const summary = summarize(values);
  const plot = { width: WIDTH, height: HEIGHT, top: highest(values) };
  const bad = props.tone === "bad" && (summary?.max ?? 0) > 0;
  const label =
    summary === undefined
      ? `${props.title}: no data`
      : `${props.title}: now ${format(summary.last)}, lowest ${format(summary.min)}, highest ${format(summary.max)}`;
  return (
    <figure className="m-0">
      <figcaption className="flex items-baseline justify-between text-12">
        <span className="text-ink-2">{props.title}</span>
        <span className={clsx("font-medium", bad ? "text-failing-text" : "text-ink")}>
          {summary === undefined ? ABSENT : format(summary.last)}
        </span>
      </figcaption>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 -1 ${WIDTH} ${HEIGHT + 2}`}
        preserveAspectRatio="none"
        className={clsx("mt-1 block h-9 w-full", bad ? "text-failing" : "text-ink-3")}
      >
        <path d={areaPath(values, plot)} className="fill-current opacity-12" />
        <path
          d={linePath(values, plot)}
          vectorEffect="non-scaling-stroke"
          className="fill-none stroke-current stroke-[1.25]"
        />
        <line x1={0} x2={WIDTH} y1={HEIGHT} y2={HEIGHT} vectorEffect="non-scaling-stroke" className="stroke-hairline" />
      </svg>
      <p aria-hidden className="flex justify-between text-12 text-ink-3">
        <span>min {format(summary?.min)}</span>
        <span>max {format(summary?.max)}</span>
      </p>
    </figure>
  );
}
