/** Thrown anywhere below a route, and answered as an RFC 9457 problem document: nothing in it may be secret. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly title: string;
  readonly hint: string | undefined;
  /** More members of the document. */
  readonly extra: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    title: string,
    details: {
      readonly detail: string;
      readonly hint?: string;
      readonly extra?: Readonly<Record<string, unknown>>;
      readonly headers?: Readonly<Record<string, string>>;
      readonly cause?: unknown;
    },
  ) {
    super(details.detail, { cause: details.cause });
    this.status = status;
    this.title = title;
    this.hint = details.hint;
    this.extra = details.extra ?? {};
    this.headers = details.headers ?? {};
  }
}

/** By name, not by class: Next bundles routes and instrumentation apart, each with a copy of the class. */
export function isProblemError(error: unknown): error is ProblemError {
  return error instanceof Error && error.name === "ProblemError";
}
