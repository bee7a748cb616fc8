/** Headers that ask the API server on somebody else's behalf, made only of what cannot be taken for anything else. */
import { SourceError } from "#lib/ports.ts";

/** Tokens of identity providers with many groups have some kilobytes. */
const TOKEN_LIMIT = 16 * 1024;
/** RFC 6750, section 2.1: what follows "Bearer ". */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
/** Added by the API server to everybody whom it knows. */
const EVERYBODY = "system:authenticated";

/** The header of a bearer token. Throws SourceError "denied" when it cannot be one; the message does not repeat it. */
export function bearerHeaders(token: string): { authorization: string } {
  if (token.length > TOKEN_LIMIT) throw denied("The token is longer than 16 KB.", TOKEN_HINT);
  if (!TOKEN.test(token)) throw denied("The token has characters that no bearer token has.", TOKEN_HINT);
  return { authorization: `Bearer ${token}` };
}

const TOKEN_HINT = "Copy the whole token and nothing else; kubectl create token ACCOUNT makes one.";

/**
 * Our own headers, and those that name another user. Names with the prefix "system:" are components of Kubernetes, with
 * rights that no person has. Throws SourceError "denied" when a name is reserved or cannot be sent as it is, or when
 * `own` already speaks for somebody else.
 */
export function impersonationHeaders(
  own: Readonly<Record<string, string>>,
  { user, groups }: { readonly user: string; readonly groups: readonly string[] },
): Record<string, string | string[]> {
  if (Object.keys(own).some((name) => name.toLowerCase().startsWith("impersonate-")))
    throw denied(
      "Our own account speaks for somebody else already, and cannot do so twice.",
      'Remove "as" from the kubeconfig\'s user.',
    );
  const named = groups.filter((group) => group !== EVERYBODY);
  return {
    ...own,
    "impersonate-user": headerText(user, "user"),
    ...(named.length > 0 && { "impersonate-group": named.map((group) => headerText(group, "group")) }),
  };
}

/** A name as the bytes of a header, which are UTF-8 to an API server. */
function headerText(name: string, what: "user" | "group"): string {
  const shown = JSON.stringify(name.slice(0, 100));
  if (name.startsWith("system:"))
    throw denied(
      `The ${what} ${shown} is reserved for Kubernetes itself.`,
      `No person may have a ${what} name that begins with "system:".`,
    );
  // Spaces at the ends are lost on the way: "admin " would arrive as another person.
  if (name === "" || name !== name.trim() || /\p{Cc}/u.test(name) || !name.isWellFormed())
    throw denied(
      `${shown} cannot be the name of a ${what}.`,
      "It must not be empty, nor have control characters, nor spaces at its ends.",
    );
  return Buffer.from(name, "utf8").toString("latin1");
}

function denied(message: string, hint: string): SourceError {
  return new SourceError({ source: "kubernetes", kind: "denied", message, hint });
}
