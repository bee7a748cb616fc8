/**
 * `npm run build:standalone`: everything that a server needs, in one folder that plain Node runs.
 *
 *   dist/meshscope.mjs       node dist/meshscope.mjs serve
 *   dist/cli/                the command line, bundled
 *   dist/.next/              the pages, as Next's standalone output has them, and static files
 *   dist/node_modules/       what is not bundled: the files that Next traced, and no more
 *
 * Nothing in it is written to when it runs; the copy below the base path goes to the temporary folder (relocate.ts).
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const DIST = join(ROOT, "dist");
/** Next brings its own server; the others are one instance a process, so pages and command line load the same. */
const NOT_BUNDLED = [/^next$/, /^@kubernetes\/client-node$/, /^undici$/, /^pino$/, /^prom-client$/];

async function main(): Promise<void> {
  const { status } = spawnSync(process.execPath, [join(ROOT, "node_modules/next/dist/bin/next"), "build"], {
    cwd: ROOT,
    env: { ...process.env, BUILD_STANDALONE: "true" },
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) throw new Error("next build failed; its messages are above");
  rmSync(DIST, { recursive: true, force: true });
  mkdirSync(DIST);
  const standalone = join(ROOT, ".next", "standalone");
  for (const name of [".next", "node_modules"]) copy(join(standalone, name), join(DIST, name));
  copy(join(ROOT, ".next", "static"), join(DIST, ".next", "static"));
  copy(join(ROOT, "public"), join(DIST, "public"));
  copy(join(ROOT, "LICENSE"), join(DIST, "LICENSE"));
  await build({
    input: join(ROOT, "cli", "meshscope.ts"),
    external: NOT_BUNDLED,
    platform: "node",
    output: {
      dir: join(DIST, "cli"),
      format: "esm",
      entryFileNames: "[name].mjs",
      chunkFileNames: "[name]-[hash].mjs",
    },
  });
  const { name, version, license } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as PackageJson;
  writeFileSync(
    join(DIST, "package.json"),
    `${JSON.stringify({ name, version, license, type: "module" }, undefined, 2)}\n`,
  );
  writeFileSync(join(DIST, "meshscope.mjs"), 'import "./cli/meshscope.mjs";\n');
}

type PackageJson = { readonly name: string; readonly version: string; readonly license: string };

/** Links stay relative: the folder is moved as a whole. */
function copy(from: string, to: string): void {
  cpSync(from, to, { recursive: true, verbatimSymlinks: true });
}

await main();
