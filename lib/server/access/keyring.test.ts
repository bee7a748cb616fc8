import { base64url, EncryptJWT, SignJWT, UnsecuredJWT } from "jose";
import { describe, expect, it } from "vitest";
import { createKeyring } from "./keyring.ts";

const OLD = "an old secret of more than thirty-two characters";
const NEW = "a new secret of more than thirty-two characters!";
const NOW = 1_800_000_000;

describe("a keyring", () => {
  it("opens what it sealed, for the same purpose and until its end", async () => {
    const keyring = createKeyring([NEW]);
    const sealed = await keyring.seal("session", { name: "ada" }, NOW + 60);
    expect(await keyring.open("session", sealed, NOW)).toEqual({ name: "ada" });
    expect(await keyring.open("login", sealed, NOW)).toBeUndefined();
    expect(await keyring.open("session", sealed, NOW + 61)).toBeUndefined();
  });

  it("shows nothing of what it sealed", async () => {
    const sealed = await createKeyring([NEW]).seal("session", { token: "hunter2" }, NOW + 60);
    const parts = sealed.split(".").map((part) => Buffer.from(part, "base64url").toString("latin1"));
    expect(parts.join(" ")).not.toContain("hunter2");
  });

  it("opens what an older secret sealed as long as that is listed, and seals with the first", async () => {
    const sealed = await createKeyring([OLD]).seal("session", { name: "ada" }, NOW + 60);
    expect(await createKeyring([NEW, OLD]).open("session", sealed, NOW)).toEqual({ name: "ada" });
    expect(await createKeyring([NEW]).open("session", sealed, NOW)).toBeUndefined();
    const renewed = await createKeyring([NEW, OLD]).seal("session", {}, NOW + 60);
    expect(await createKeyring([NEW]).open("session", renewed, NOW)).toEqual({});
  });

  it("without a secret makes one of its own for each process", async () => {
    const sealed = await createKeyring().seal("session", {}, NOW + 60);
    expect(await createKeyring().open("session", sealed, NOW)).toBeUndefined();
  });

  it("opens nothing that was cut, changed, signed or left unsigned by somebody else", async () => {
    const keyring = createKeyring([NEW]);
    const sealed = await keyring.seal("session", { name: "ada" }, NOW + 60);
    const kid: unknown = JSON.parse(Buffer.from(sealed.split(".")[0] ?? "", "base64url").toString("utf8")).kid;
    const content = { content: { name: "mallory" }, exp: NOW + 60 };
    const theirs = new EncryptJWT(content).setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: String(kid) });
    const none = `${base64url.encode(JSON.stringify({ alg: "none", kid }))}.${base64url.encode(JSON.stringify(content))}.`;
    const middle = Math.floor(sealed.length / 2);
    const forged = [
      "",
      "...",
      "....",
      "null",
      sealed.slice(0, -1),
      sealed.slice(0, middle),
      `${sealed.slice(0, middle)}${sealed[middle] === "A" ? "B" : "A"}${sealed.slice(middle + 1)}`,
      new UnsecuredJWT(content).encode(),
      none,
      await new SignJWT(content).setProtectedHeader({ alg: "HS256", kid: String(kid) }).sign(Buffer.from(NEW)),
      await theirs.encrypt(Buffer.alloc(32)),
      await new EncryptJWT(content)
        .setProtectedHeader({ alg: "A256KW", enc: "A256GCM", kid: String(kid) })
        .encrypt(Buffer.alloc(32)),
    ];
    expect(await Promise.all(forged.map((text) => keyring.open("session", text, NOW)))).toEqual(
      forged.map(() => undefined),
    );
  });

  it("proves to a subject what is the subject's, also with an older secret", () => {
    const proof = createKeyring([OLD]).proofFor("session a");
    expect(createKeyring([NEW, OLD]).proves(proof, "session a")).toBe(true);
    expect(createKeyring([NEW, OLD]).proves(proof, "session b")).toBe(false);
    expect(createKeyring([NEW]).proves(proof, "session a")).toBe(false);
    expect(createKeyring([OLD]).proves("", "session a")).toBe(false);
  });
});
