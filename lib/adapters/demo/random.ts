/** Seeded pseudo-randomness: the same seed gives the same mesh on every machine. */
export type Random = {
  /** Uniform in [0, 1). */
  next(): number;
  /** A whole number in [0, limit). */
  below(limit: number): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
};

/** A generator for a seed and a purpose: purposes do not disturb each other's sequences. */
export function createRandom(seed: number, purpose: string): Random {
  let state = (hash(purpose) ^ Math.imul(seed, 0x9e3779b1)) >>> 0;
  // mulberry32: 32 bits of state are plenty for laying out a demo.
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    between: (low, high) => low + next() * (high - low),
  };
}

/** 32-bit FNV-1a of a text. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/** Lower-case letters and digits that name generated things, such as pods, as Kubernetes does (no vowels, no 0 1 3). */
export function nameSuffix(text: string, length: number): string {
  const alphabet = "bcdfghjklmnpqrstvwxz2456789";
  const random = createRandom(0, text);
  return Array.from({ length }, () => alphabet[random.below(alphabet.length)]).join("");
}
