/**
 * Keys made from the session secrets. What is sealed with the first secret is opened with any of them, so that a secret is
 * replaced by putting the new one before the old one, and dropping the old one when its sessions have ended.
 *
 *   secret ─HKDF─▶ "session"  key of sessions' cookies          (A256GCM)
 *                  "login"    key of cookies of a login under way
 *                  "forgery"  key of proofs against forged requests (HMAC)
 */
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from "node:crypto";
import { EncryptJWT, jwtDecrypt } from "jose";

export type Purpose = "session" | "login";

type Keys = { readonly id: string; readonly forgery: Buffer } & Readonly<Record<Purpose, Uint8Array>>;

export type Keyring = {
  /** An encrypted token that opens until `endsAtSeconds` (unix) and for this purpose alone. */
  seal(purpose: Purpose, content: Readonly<Record<string, unknown>>, endsAtSeconds: number): Promise<string>;
  /** What was sealed; undefined for anything that is not ours, not whole, or over. */
  open(purpose: Purpose, sealed: string, nowSeconds: number): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** What only a page of ours, shown to `subject`, can know. */
  proofFor(subject: string): string;
  /** Whether the proof is the subject's; takes the same time for every wrong one. */
  proves(proof: string, subject: string): boolean;
};

/** At least one secret; without any, one that ends with the process. */
export function createKeyring(secrets: readonly string[] = [randomBytes(32).toString("base64")]): Keyring {
  const keys = secrets.map(keysOf);
  const [first] = keys;
  if (first === undefined) throw new Error("A keyring needs a secret: give none at all to have one made");

  function keyFor(id: string | undefined, purpose: Purpose): Uint8Array {
    const found = keys.find((candidate) => candidate.id === id);
    if (found === undefined) throw new Error("sealed with a secret that is not ours");
    return found[purpose];
  }

  return {
    seal: (purpose, content, endsAtSeconds) =>
      new EncryptJWT({ content })
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: first.id })
        .setExpirationTime(Math.floor(endsAtSeconds))
        .encrypt(first[purpose]),
    async open(purpose, sealed, nowSeconds) {
      try {
        const { payload } = await jwtDecrypt<{ content?: unknown }>(sealed, ({ kid }) => keyFor(kid, purpose), {
          keyManagementAlgorithms: ["dir"],
          contentEncryptionAlgorithms: ["A256GCM"],
          requiredClaims: ["exp"],
          maxDecompressedLength: 0,
          currentDate: new Date(nowSeconds * 1000),
        });
        const { content } = payload;
        return typeof content === "object" && content !== null ? { ...content } : undefined;
      } catch {
        // Why it does not open is of use only to whoever forged it.
        return undefined;
      }
    },
    proofFor: (subject) => proof(first, subject).toString("base64url"),
    proves(given, subject) {
      const bytes = Buffer.from(given, "base64url");
      // Every secret is tried, whichever fits.
      return keys
        .map((candidate) => {
          const expected = proof(candidate, subject);
          return bytes.length === expected.length && timingSafeEqual(bytes, expected);
        })
        .includes(true);
    },
  };
}

function keysOf(secret: string): Keys {
  const derive = (info: string, length: number) =>
    Buffer.from(hkdfSync("sha256", secret, "meshscope", `meshscope ${info} v1`, length));
  return {
    id: derive("key id", 8).toString("base64url"),
    session: derive("session", 32),
    login: derive("login", 32),
    forgery: derive("forgery", 32),
  };
}

function proof({ forgery }: Keys, subject: string): Buffer {
  return createHmac("sha256", forgery).update(subject).digest();
}
