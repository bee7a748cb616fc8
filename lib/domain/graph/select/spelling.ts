import { FLAGS } from "./flags.ts";
import { OPERANDS } from "./operands.ts";

/** Every word with a meaning of its own in front of an operator, or standing alone. */
export const KNOWN_WORDS: readonly string[] = [...OPERANDS, ...FLAGS].flatMap(({ name, aliases }) => [
  name,
  ...aliases,
]);

/** The word that differs least, by at most two letters and less than half of it. */
export function closestWord(word: string, words: readonly string[]): string | undefined {
  const most = Math.min(2, Math.floor((word.length - 1) / 2));
  const lower = word.toLowerCase();
  // As many letters as one is longer must go: most words need no closer look, and a text of a hundred kilobytes none.
  const alike = words.filter((candidate) => Math.abs(candidate.length - lower.length) <= most);
  const near = alike.map((candidate) => ({ candidate, distance: distance(lower, candidate) }));
  const best = near.toSorted((left, right) => left.distance - right.distance)[0];
  return best !== undefined && best.distance <= most ? best.candidate : undefined;
}

/** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
function distance(left: string, right: string): number {
  let before: number[] = [];
  let above = Array.from({ length: right.length + 1 }, (_, column) => column);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const isSame = left[row - 1] === right[column - 1];
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      const steps = [
        (above[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (above[column - 1] ?? 0) + (isSame ? 0 : 1),
        ...(isSwap && row > 1 && column > 1 ? [(before[column - 2] ?? 0) + 1] : []),
      ];
      current.push(Math.min(...steps));
    }
    before = above;
    above = current;
  }
  return above[right.length] ?? 0;
}
