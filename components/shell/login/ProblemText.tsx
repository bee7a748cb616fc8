import type { LoginProblem } from "./loginWords.ts";

/** What went wrong, read out at once. */
export function ProblemText({ problem }: { readonly problem: LoginProblem }) {
  return (
    <div role="alert" className="mt-3 rounded-sm border-l-2 border-failing bg-raised px-3 py-2">
      <p className="font-medium text-failing-text">{problem.what}</p>
      <p className="text-ink-2">{problem.hint}</p>
    </div>
  );
}
