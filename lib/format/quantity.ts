/**
 * Figures as people read them: three significant digits, always a unit, "—" for what is not known.
 * Figure and unit are joined by a no-break space. Numbers are written the same way in every locale, so that two people
 * looking at one incident read the same string.
 */
export const ABSENT = "—";
const SPACE = "\u00a0";
const threeDigits = new Intl.NumberFormat("en", { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
const upToThreeDigits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

const PREFIXES = ["", "k", "M", "G", "T", "P"] as const;

/** 1234 → ["1.23", "k"]. 999.6 is already "1.00 k": rounding may carry into the next prefix. */
function scale(value: number): [figure: string, prefix: string] {
  let scaled = value;
  let step = 0;
  while (scaled >= 999.5 && step < PREFIXES.length - 1) {
    scaled /= 1000;
    step += 1;
  }
  return [threeDigits.format(scaled), PREFIXES[step] ?? ""];
}

/** Events a second, requests unless said: "12.4 rps", "1.23 krps", "<0.01 rps"; a measured zero is "0 rps". */
export function formatRate(perSecond: number | undefined, unit = "rps"): string {
  if (perSecond === undefined) return ABSENT;
  if (perSecond === 0) return `0${SPACE}${unit}`;
  if (perSecond < 0.01) return `<0.01${SPACE}${unit}`;
  if (perSecond < 1) return `${perSecond.toFixed(2)}${SPACE}${unit}`;
  const [figure, prefix] = scale(perSecond);
  return `${figure}${SPACE}${prefix}${unit}`;
}

/** 0–100: "12.4 %". Something is never rounded to nothing, nor almost all to all: "<0.01 %", ">99.9 %". */
export function formatPercent(percent: number | undefined): string {
  if (percent === undefined) return ABSENT;
  if (percent === 0 || percent === 100) return `${percent}${SPACE}%`;
  if (percent > 0 && percent < 0.01) return `<0.01${SPACE}%`;
  if (percent > 99.9 && percent < 100) return `>99.9${SPACE}%`;
  if (percent < 1) return `${percent.toFixed(2)}${SPACE}%`;
  return `${upToThreeDigits.format(percent)}${SPACE}%`;
}

/** Milliseconds below a second, else seconds, then minutes: "4.32 ms", "1.25 s", "2.10 min". */
export function formatMilliseconds(milliseconds: number | undefined): string {
  if (milliseconds === undefined) return ABSENT;
  if (milliseconds === 0) return `0${SPACE}ms`;
  if (milliseconds < 0.01) return `<0.01${SPACE}ms`;
  if (milliseconds < 999.5) return `${threeDigits.format(milliseconds)}${SPACE}ms`;
  if (milliseconds < 99_950) return `${threeDigits.format(milliseconds / 1000)}${SPACE}s`;
  return `${threeDigits.format(milliseconds / 60_000)}${SPACE}min`;
}

/** Bytes a second in powers of 1000: "312 B/s", "4.10 kB/s". */
export function formatBytesRate(bytesPerSecond: number | undefined): string {
  if (bytesPerSecond === undefined) return ABSENT;
  if (bytesPerSecond === 0) return `0${SPACE}B/s`;
  if (bytesPerSecond < 1) return `<1${SPACE}B/s`;
  const [figure, prefix] = scale(bytesPerSecond);
  return `${figure}${SPACE}${prefix}B/s`;
}

/** A number of things, in full: "1,024". */
export function formatCount(count: number | undefined): string {
  return count === undefined ? ABSENT : whole.format(count);
}
