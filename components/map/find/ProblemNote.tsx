import type { Problem } from "#lib/domain/graph/select/parse.ts";

/** Where an expression stops making sense, and what was expected there. A text that only ends too early is not wrong yet. */
export function ProblemNote({ text, problem }: { readonly text: string; readonly problem: Problem }) {
  const { from, to, message } = problem;
  const isUnfinished = from >= text.length;
  return (
    <div role="status" className="border-b border-hairline px-3 py-2 last:border-b-0">
      <p className="font-mono text-12 break-all whitespace-pre-wrap text-ink-2" aria-hidden="true">
        {text.slice(0, from)}
        <mark className="bg-transparent font-semibold text-failing-text underline decoration-wavy underline-offset-3">
          {isUnfinished ? "\u00a0" : text.slice(from, to)}
        </mark>
        {text.slice(to)}
      </p>
      <p className={isUnfinished ? "text-ink-2" : "text-failing-text"}>
        {message.charAt(0).toUpperCase() + message.slice(1)}, at {from + 1}.
      </p>
    </div>
  );
}
