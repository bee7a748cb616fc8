/** What went wrong at the provider or on the way back, in words. Codes are those that the server puts into addresses. */

export type LoginProblem = { readonly what: string; readonly hint: string };

const PROBLEMS: Readonly<Record<string, LoginProblem>> = {
  expired: {
    what: "This login took too long, or was begun in another tab.",
    hint: "Begin again; the browser must keep cookies for this site.",
  },
  denied: { what: "The login was cancelled or refused at the provider.", hint: "Try again, or with another account." },
  unreachable: {
    what: "The login provider does not answer.",
    hint: "Try again in a moment. The server's log says what it met.",
  },
  "not-allowed": {
    what: "You are logged in at the provider, but may not use Meshscope.",
    hint: "Ask an administrator for a group that may, or log in there with another account.",
  },
  refused: {
    what: "Kubernetes does not accept the provider's token.",
    hint: "An administrator must let the API server trust the provider, or choose MESHSCOPE_OIDC_KUBERNETES=impersonate.",
  },
  cluster: { what: "Kubernetes cannot be asked who you are.", hint: "Try again when the cluster answers." },
  "too-large": {
    what: "Your login is too large for the browser's cookies.",
    hint: "An administrator can let the provider put fewer groups into its tokens.",
  },
};

const UNKNOWN: LoginProblem = {
  what: "The login failed.",
  hint: "Try again. If it fails again, the server's log says why.",
};

/** Words for a code of the address; other text is never shown. */
export function loginProblem(code: string | null): LoginProblem | undefined {
  if (code === null) return undefined;
  return (Object.hasOwn(PROBLEMS, code) ? PROBLEMS[code] : undefined) ?? UNKNOWN;
}
