import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { relocateBuild, relocateText } from "./relocate.ts";

describe("relocating a text of the build", () => {
  const cases = [
    // JSON, JavaScript and HTML hold it as it is …
    { text: '"/__MESH_BASE__/_next/a.js"', root: '"/_next/a.js"', below: '"/a/b-c/_next/a.js"' },
    { text: 'let n="/__MESH_BASE__";n.length', root: 'let n="";n.length', below: 'let n="/a/b-c";n.length' },
    // … regular expressions escaped, and those in JSON twice.
    { text: String.raw`/^\/__MESH_BASE__\/x$/`, root: String.raw`/^\/x$/`, below: String.raw`/^\/a/b-c\/x$/` },
    {
      text: String.raw`"^\\/__MESH_BASE__(?:\\/x)?$"`,
      root: String.raw`"^(?:\\/x)?$"`,
      below: String.raw`"^\\/a/b-c(?:\\/x)?$"`,
    },
  ];

  it("puts the base path where the placeholder was, or nothing", () => {
    for (const { text, root, below } of cases) {
      expect(relocateText(text, "")).toBe(root);
      expect(relocateText(text, "/a/b-c")).toBe(below);
    }
  });
});

describe("relocating a build", () => {
  let installed: string;
  let temporary: string;

  beforeEach(() => {
    installed = mkdtempSync(join(tmpdir(), "meshscope-installed-"));
    temporary = mkdtempSync(join(tmpdir(), "meshscope-temporary-"));
    vi.stubEnv("TMPDIR", temporary);
    mkdirSync(join(installed, "node_modules", "undici"), { recursive: true });
    for (const folder of ["server", "cache", "node_modules"]) {
      mkdirSync(join(installed, ".next", folder), { recursive: true });
    }
    writeFileSync(join(installed, ".next", "routes-manifest.json"), '{"basePath":"/__MESH_BASE__"}');
    writeFileSync(join(installed, ".next", "server", "page.js.map"), "{}");
    writeFileSync(join(installed, ".next", "server", "font.woff2"), Buffer.from([0xff, 0xfe, 0x00]));
    symlinkSync("../../node_modules/undici", join(installed, ".next", "node_modules", "undici-1"));
  });

  afterEach(() => vi.unstubAllEnvs());

  it("leaves the build alone, and copies without caches and source maps", () => {
    const folder = relocateBuild(installed, "/mesh");
    expect(folder.startsWith(temporary)).toBe(true);
    expect(readFileSync(join(folder, ".next", "routes-manifest.json"), "utf8")).toBe('{"basePath":"/mesh"}');
    expect(readFileSync(join(installed, ".next", "routes-manifest.json"), "utf8")).toContain("__MESH_BASE__");
    expect(readdirSync(join(folder, ".next")).sort()).toEqual(["node_modules", "routes-manifest.json", "server"]);
    expect(readdirSync(join(folder, ".next", "server"))).toEqual(["font.woff2"]);
    expect([...readFileSync(join(folder, ".next", "server", "font.woff2"))]).toEqual([0xff, 0xfe, 0x00]);
    // The packages that are not bundled are found through both links.
    expect(existsSync(join(folder, ".next", "node_modules", "undici-1"))).toBe(true);
  });

  it("removes what killed processes left, and nothing that runs or is not ours", () => {
    // A process number that is taken: the one that started us. One above the kernel's limit never is.
    const names = [`meshscope-run-${process.ppid}-aB1xYz`, "meshscope-run-99999999-aB1xYz", "meshscope-run-notes"];
    for (const name of names) mkdirSync(join(temporary, name));
    const folder = relocateBuild(installed, "");
    expect(
      readdirSync(temporary)
        .map((name) => join(temporary, name))
        .sort(),
    ).toEqual([folder, join(temporary, names[0] ?? ""), join(temporary, "meshscope-run-notes")].sort());
  });

  it("says what to do when there is nowhere to write", () => {
    vi.stubEnv("TMPDIR", join(temporary, "missing"));
    expect(() => relocateBuild(installed, "")).toThrow(/Set TMPDIR to a folder/);
  });
});
