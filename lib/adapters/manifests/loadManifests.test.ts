import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadManifests } from "./loadManifests.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "meshscope-manifests-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function load(files: Readonly<Record<string, string | Uint8Array>>) {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  const { objects, refused } = await loadManifests(folder);
  return {
    objects: objects.map(
      ({ object, file, line }) => `${file}:${line} ${object.kind} ${object.metadata.namespace}/${object.metadata.name}`,
    ),
    refused: refused.map(({ file, line, message }) => `${file}:${line} ${message}`),
  };
}

function service(name: string): string {
  return `apiVersion: v1\nkind: Service\nmetadata:\n  name: ${name}\n`;
}

describe("what is loaded", () => {
  test("every YAML and JSON file below a directory, in the order of names, and no other file", async () => {
    const { objects, refused } = await load({
      "b.yml": service("b"),
      "a/deep/a.yaml": service("a"),
      "c.json": JSON.stringify({ apiVersion: "v1", kind: "Service", metadata: { name: "c" } }, undefined, "\t"),
      "README.md": "# not a manifest",
      "node_modules/x/y.yaml": service("x"),
    });
    expect(objects).toEqual([
      "a/deep/a.yaml:1 Service default/a",
      "b.yml:1 Service default/b",
      "c.json:1 Service default/c",
    ]);
    expect(refused).toEqual([]);
  });

  test("each document of a file, with the line where it begins", async () => {
    const source = `# head\n${service("one")}---\n# only a comment\n---\n\n${service("two")}---\n`;
    expect((await load({ "m.yaml": source })).objects).toEqual([
      "m.yaml:2 Service default/one",
      "m.yaml:10 Service default/two",
    ]);
  });

  test("the items of a List, each with its own line", async () => {
    const item = (name: string) => `- apiVersion: v1\n  kind: Service\n  metadata: {name: ${name}}\n`;
    const source = `apiVersion: v1\nkind: List\nitems:\n${item("one")}${item("two")}- spec: {}\n`;
    expect(await load({ "m.yaml": source })).toEqual({
      objects: ["m.yaml:4 Service default/one", "m.yaml:7 Service default/two"],
      refused: ["m.yaml:10 no apiVersion and no kind: this is a fragment, not a whole object"],
    });
  });

  test("objects of the cluster have no namespace, others have their own or the default one", async () => {
    const gatewayClass =
      "apiVersion: gateway.networking.k8s.io/v1\nkind: GatewayClass\nmetadata: {name: istio, namespace: x}\n";
    const own = "apiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: shop}\n";
    expect((await load({ "a.yaml": gatewayClass, "b.yaml": own })).objects).toEqual([
      "a.yaml:1 GatewayClass /istio",
      "b.yaml:1 Pod shop/p",
    ]);
  });

  test("Windows line ends, a byte order mark and merge keys", async () => {
    const merged = "apiVersion: v1\nkind: Service\nmetadata: &m {name: s, labels: {a: b}}\nx: {<<: *m}\n";
    expect(await load({ "a.yaml": `\uFEFF${service("s").replaceAll("\n", "\r\n")}`, "b.yaml": merged })).toEqual({
      objects: ["a.yaml:1 Service default/s", "b.yaml:1 Service default/s"],
      refused: [],
    });
  });

  test("a single file, named as the user named it", async () => {
    const file = join(folder, "one.txt");
    await writeFile(file, service("one"));
    expect((await loadManifests(file)).objects).toMatchObject([{ file, line: 1 }]);
  });

  test("another namespace than default for objects that name none", async () => {
    await writeFile(join(folder, "a.yaml"), service("a"));
    const { objects } = await loadManifests(folder, { namespace: "shop" });
    expect(objects[0]?.object.metadata.namespace).toBe("shop");
  });
});

describe("what is refused, while the rest is loaded", () => {
  test.each([
    ["a list", "- a\n- b\n", "m.yaml:1 an object was expected, not a list"],
    ["plain text", "hello\n", 'm.yaml:1 an object was expected, not the string "hello"'],
    [
      "a fragment",
      "\nhttp:\n  - timeout: 10s\n",
      "m.yaml:2 no apiVersion and no kind: this is a fragment, not a whole object",
    ],
    ["no kind", "apiVersion: v1\nmetadata: {name: a}\n", "m.yaml:1 no kind, or not a string"],
    ["no apiVersion", "kind: Service\nmetadata: {name: a}\n", "m.yaml:1 no apiVersion, or not a string"],
    ["no name", "apiVersion: v1\nkind: Service\nmetadata: {}\n", "m.yaml:1 no metadata.name"],
    [
      "a tab",
      "apiVersion: v1\nkind: Service\nmetadata:\n\tname: a\n",
      "m.yaml:4 indented with a tab: YAML takes spaces only",
    ],
    [
      "an alias within its own node",
      "apiVersion: v1\nkind: A\nmetadata: {name: a}\nspec: &s [*s]\n",
      "m.yaml:1 an alias refers to the node it stands in",
    ],
    ["a key given twice", "apiVersion: v1\nkind: A\nkind: B\n", "m.yaml:3 Map keys must be unique"],
    [
      "an alias to nowhere",
      "apiVersion: v1\nkind: A\nspec: *gone\n",
      "m.yaml:1 Unresolved alias (the anchor must be set before the alias): gone",
    ],
  ])("%s", async (_what, source, expected) => {
    const { objects, refused } = await load({ "m.yaml": source, "ok.yaml": service("ok") });
    expect(refused).toEqual([expected]);
    expect(objects).toEqual(["ok.yaml:1 Service default/ok"]);
  });

  test("a broken document between two good ones", async () => {
    const { objects, refused } = await load({ "m.yaml": `${service("one")}---\na: : b\n---\n${service("two")}` });
    expect(objects).toEqual(["m.yaml:1 Service default/one", "m.yaml:8 Service default/two"]);
    expect(refused).toEqual(["m.yaml:6 Nested mappings are not allowed in compact mappings"]);
  });

  test("aliases that multiply", async () => {
    const doubling = Array.from({ length: 30 }, (_, level) => `x${level + 1}: &x${level + 1} [*x${level}, *x${level}]`);
    const source = `apiVersion: v1\nkind: A\nmetadata: {name: a}\nx0: &x0 [lol]\n${doubling.join("\n")}\n`;
    expect((await load({ "m.yaml": source })).refused).toEqual([expect.stringContaining("Excessive alias count")]);
  });

  test("binary files, text that is not UTF-8, files that are too large and links to nothing", async () => {
    await symlink(join(folder, "nowhere"), join(folder, "d.yaml"));
    const { refused } = await load({
      "a.yaml": new Uint8Array([0x50, 0x4b, 0x00, 0x04]),
      "b.yaml": new Uint8Array([0x61, 0x3a, 0x20, 0xff]),
      "c.yaml": `# ${"x".repeat(5 * 1024 * 1024)}`,
    });
    expect(refused).toEqual([
      "a.yaml:1 a binary file, not text",
      "b.yaml:1 not UTF-8 text",
      "c.yaml:1 larger than 5 MB, which is no manifest",
      expect.stringContaining("d.yaml:1 ENOENT"),
    ]);
  });

  test("a path that does not exist is an error that names it", async () => {
    const path = join(folder, "none");
    await expect(loadManifests(path)).rejects.toMatchObject({
      kind: "unreachable",
      message: expect.stringContaining(path),
    });
  });
});
