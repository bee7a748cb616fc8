/** Manifests on disk: a file, or a directory with all that is in it. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import { SourceError } from "#lib/ports.ts";
import { type ManifestOptions, readManifest } from "./readManifest.ts";

/** `file` is as the user would write it: relative to the directory they named, or the path they gave. */
export type LoadedManifests = {
  readonly objects: readonly { readonly object: MeshObject; readonly file: string; readonly line: number }[];
  readonly refused: readonly { readonly file: string; readonly line: number; readonly message: string }[];
};

const SIZE_LIMIT_BYTES = 5 * 1024 * 1024;
const SKIPPED_FOLDERS: ReadonlySet<string> = new Set(["node_modules", ".git"]);

/**
 * Loads .yaml, .yml and .json files, in the order of their names. What cannot be read is in `refused` and the rest is
 * loaded; rejects with SourceError only when the path itself cannot be read.
 */
export async function loadManifests(path: string, options: ManifestOptions = {}): Promise<LoadedManifests> {
  const root = await stat(path).catch((cause: unknown) => {
    throw new SourceError({
      source: "manifests",
      kind: "unreachable",
      message: `cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "Name a YAML or JSON file, or a directory of such files.",
      cause,
    });
  });
  const files = root.isDirectory() ? await listManifests(path) : [path];
  const loaded = {
    objects: [] as LoadedManifests["objects"][number][],
    refused: [] as LoadedManifests["refused"][number][],
  };
  for (const file of files) {
    const name = root.isDirectory() ? relative(path, file) : path;
    const source = await readText(file);
    if (typeof source !== "string") {
      loaded.refused.push({ file: name, line: 1, message: source.problem });
      continue;
    }
    const manifest = readManifest(source, options);
    for (const entry of manifest.objects) loaded.objects.push({ ...entry, file: name });
    for (const entry of manifest.refused) loaded.refused.push({ ...entry, file: name });
  }
  return loaded;
}

async function listManifests(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory() && /\.(ya?ml|json)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (file) =>
        !relative(folder, file)
          .split(/[\\/]/)
          .some((part) => SKIPPED_FOLDERS.has(part)),
    )
    .sort((left, right) => (left < right ? -1 : 1));
}

async function readText(file: string): Promise<string | { problem: string }> {
  try {
    const info = await stat(file);
    if (!info.isFile()) return { problem: "not a file" };
    if (info.size > SIZE_LIMIT_BYTES)
      return { problem: `larger than ${SIZE_LIMIT_BYTES / 1024 / 1024} MB, which is no manifest` };
    const bytes = await readFile(file);
    if (bytes.includes(0)) return { problem: "a binary file, not text" };
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return { problem: "not UTF-8 text" };
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}
