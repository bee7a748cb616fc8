"use client";
import clsx from "clsx";
import { History, TriangleAlert } from "lucide-react";
import { useEffect, useState } from "react";
import type { Reading } from "#lib/api/reading.ts";
import { formatAge } from "#lib/format/time.ts";
import { ageSeconds, isStale } from "./freshness.ts";
import { useTimeFormat } from "./useTimeFormat.ts";

/** "as of 14:03:20 · 12 s ago", counting; amber when stale. Always in sight. */
export function Freshness(props: {
  readonly reading: Reading;
  readonly receivedAtMs: number;
  readonly refreshSeconds: number;
}) {
  const nowMs = useNowMs();
  const { formatTime, formatMoment } = useTimeFormat();
  const { reading } = props;
  const age = ageSeconds(reading, props.receivedAtMs, Math.max(nowMs, props.receivedAtMs));
  const stale = isStale(reading, age, props.refreshSeconds);
  return (
    <span
      title={`${formatMoment(reading.asOf)}. Rates over the window that ends here.`}
      className={clsx(
        "inline-flex items-center gap-1 text-12 whitespace-nowrap",
        stale ? "text-degraded-text" : "text-ink-2",
      )}
    >
      {stale && <TriangleAlert aria-hidden size={13} />}
      {reading.historical && <History aria-hidden size={13} className="text-accent" />}
      <span className="hidden roomy:inline">as of</span>
      <time dateTime={new Date(reading.asOf * 1000).toISOString()}>{formatTime(reading.asOf)}</time>
      <span aria-hidden>·</span>
      <span className="inline-block min-w-14">{stale ? `stale, ${formatAge(age)} ago` : `${formatAge(age)} ago`}</span>
    </span>
  );
}

/** The browser's clock, once a second; only differences of it are used. */
function useNowMs(): number {
  const [nowMs, setNowMs] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}
