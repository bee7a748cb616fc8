/**
 * What is wrong with the telemetry itself: series that are left out, or drawn although something is odd about them.
 * Nothing vanishes silently: every such series is counted, with a few examples, and shown in the data-quality note.
 */

export const QUALITY_PROBLEMS = [
  "bad-value",
  "no-reporter",
  "absurd-code",
  "too-many-values",
  "nameless-source",
  "nameless-target",
  "bare-address",
] as const;
export type QualityProblem = (typeof QUALITY_PROBLEMS)[number];

/** `rows` telemetry rows have this problem; `examples` are a few of them in words, for people. */
export type QualityNote = {
  readonly problem: QualityProblem;
  readonly rows: number;
  readonly examples: readonly string[];
};

const MOST_EXAMPLES = 3;
const LONGEST_EXAMPLE = 200;

/** Counts problems while rows are read. */
export class QualityCounter {
  readonly #notes = new Map<QualityProblem, { rows: number; examples: string[] }>();

  /** `example` is only called for the few that are kept. */
  count(problem: QualityProblem, example: () => string): void {
    const note = this.#noteOf(problem);
    note.rows += 1;
    if (note.examples.length >= MOST_EXAMPLES) return;
    const text = shorten(example());
    if (text !== "" && !note.examples.includes(text)) note.examples.push(text);
  }

  /** Adds what another count found. */
  add(notes: readonly QualityNote[]): void {
    for (const { problem, rows, examples } of notes) {
      const note = this.#noteOf(problem);
      note.rows += rows;
      note.examples.push(...examples.slice(0, MOST_EXAMPLES - note.examples.length));
    }
  }

  /** The problems found, in the order of QUALITY_PROBLEMS. */
  notes(): QualityNote[] {
    return QUALITY_PROBLEMS.flatMap((problem) => {
      const note = this.#notes.get(problem);
      return note === undefined ? [] : [{ problem, rows: note.rows, examples: [...note.examples] }];
    });
  }

  #noteOf(problem: QualityProblem): { rows: number; examples: string[] } {
    let note = this.#notes.get(problem);
    if (note === undefined) this.#notes.set(problem, (note = { rows: 0, examples: [] }));
    return note;
  }
}

function shorten(text: string): string {
  const characters = [...text];
  return characters.length <= LONGEST_EXAMPLE ? text : `${characters.slice(0, LONGEST_EXAMPLE - 1).join("")}…`;
}
