/** One manifest's text to objects: YAML or JSON, several documents, lists. What cannot be read is refused with its line. */
import { type Document, isAlias, isMap, isNode, isSeq, LineCounter, parseAllDocuments, visit } from "yaml";
import { decodeMeshObject } from "#lib/domain/mesh/decodeMeshObject.ts";
import { isClusterScoped } from "#lib/domain/mesh/meshKinds.ts";
import { groupOf, type MeshObject } from "#lib/domain/mesh/meshObject.ts";
import { shape } from "#lib/domain/mesh/shape.ts";

/** `line` counts from 1: where the object begins. */
export type ManifestObject = { readonly object: MeshObject; readonly line: number };
export type Refusal = { readonly line: number; readonly message: string };
export type Manifest = { readonly objects: readonly ManifestObject[]; readonly refused: readonly Refusal[] };

export type ManifestOptions = {
  /** For namespaced objects that name none, as kubectl's own. */
  readonly namespace?: string;
};

/** Reads every document of a manifest; a bad one does not keep the others from being read. */
export function readManifest(source: string, options: ManifestOptions = {}): Manifest {
  const lines = new LineCounter();
  const objects: ManifestObject[] = [];
  const refused: Refusal[] = [];
  const lineAt = (offset: number | undefined): number => lines.linePos(offset ?? 0).line;

  // yaml keeps byte order marks and Windows line ends out of the way by itself; merge keys (<<) work as in kubectl.
  const documents = parseAllDocuments(source, { lineCounter: lines, merge: true });
  for (const document of "empty" in documents ? [] : documents) {
    const start = lineAt(document.contents?.range?.[0] ?? document.range[0]);
    const problem = problemOf(document);
    if (problem !== undefined) {
      refused.push({ line: problem.line ?? start, message: problem.message });
      continue;
    }
    if (document.contents === null || document.toJS() === null) continue;
    for (const { value, offset } of itemsOf(document)) {
      const line = offset === undefined ? start : lineAt(offset);
      const decoded = decodeMeshObject(value);
      if (decoded.object === undefined) refused.push({ line, message: decoded.problem });
      else objects.push({ object: placed(decoded.object, options.namespace ?? "default"), line });
    }
  }
  return { objects, refused };
}

/** A `kind: List` stands for its items; everything else for itself. */
function itemsOf(document: Document.Parsed): { value: unknown; offset?: number }[] {
  const value: unknown = document.toJS();
  const { kind, items } = shape(value);
  if (typeof kind !== "string" || !kind.endsWith("List") || !Array.isArray(items)) return [{ value }];
  const node = isMap(document.contents) ? document.contents.get("items", true) : undefined;
  return items.map((item: unknown, position) => {
    const itemNode = isSeq(node) ? node.items[position] : undefined;
    const offset = isNode(itemNode) ? itemNode.range?.[0] : undefined;
    return { value: item, ...(offset !== undefined && { offset }) };
  });
}

/** The first reason not to take the document for what it looks like; undefined when there is none. */
function problemOf(document: Document.Parsed): { message: string; line?: number } | undefined {
  const error = document.errors[0];
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    return {
      message:
        error.code === "TAB_AS_INDENT" ? "indented with a tab: YAML takes spaces only" : firstLine(error.message),
      ...(line !== undefined && { line }),
    };
  }
  if (containsItself(document)) return { message: "an alias refers to the node it stands in" };
  try {
    document.toJS();
    return undefined;
  } catch (error) {
    // Aliases to nowhere, and more aliases than any manifest needs ("billion laughs").
    return { message: firstLine(error instanceof Error ? error.message : String(error)) };
  }
}

function containsItself(document: Document.Parsed): boolean {
  let found = false;
  visit(document, {
    Alias(_key, alias, path) {
      const anchored = alias.resolve(document);
      if (anchored === undefined || isAlias(anchored) || !path.includes(anchored)) return undefined;
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

/** As kubectl does: objects of namespaced kinds go to the namespace in use, those of the cluster to none. */
function placed(object: MeshObject, namespace: string): MeshObject {
  const { metadata } = object;
  if (isClusterScoped({ group: groupOf(object.apiVersion), kind: object.kind }))
    return { ...object, metadata: { ...metadata, namespace: "" } };
  return metadata.namespace === "" ? { ...object, metadata: { ...metadata, namespace } } : object;
}

/** yaml's messages end with "at line 3, column 4:" and an excerpt; the line is told apart. */
function firstLine(message: string): string {
  return (message.split("\n", 1)[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
}
