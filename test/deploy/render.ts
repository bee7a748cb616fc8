/** Manifests as `kubectl apply -k` sends them, rendered by the kustomize that is on the PATH. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { type Shape, shape, shapes, text } from "#lib/domain/mesh/shape.ts";
import { onPath } from "#test/commands.ts";

const SOURCE = "deploy/kustomize";

/** An overlay of ours: "read-only". */
export function renderOverlay(name: string): Shape[] {
  return render(join(SOURCE, "overlays", name));
}

/** The read-only base with these components on top, in the namespace "meshscope". */
export function renderComponents(components: readonly string[]): Shape[] {
  // Kustomize takes no absolute paths, so the overlay stands beside the components, in a copy.
  const folder = mkdtempSync(join(tmpdir(), "meshscope-kustomize-"));
  const copy = join(folder, "kustomize");
  cpSync(SOURCE, copy, { recursive: true });
  const overlay = join(copy, "overlays", "tried");
  mkdirSync(overlay);
  const transformer = {
    apiVersion: "builtin",
    kind: "NamespaceTransformer",
    metadata: { name: "where", namespace: "meshscope" },
    unsetOnly: true,
    setRoleBindingSubjects: "allServiceAccounts",
  };
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: ["../../base"],
    components: components.map((name) => `../../components/${name}`),
    transformers: [stringify(transformer)],
  };
  writeFileSync(join(overlay, "kustomization.yaml"), stringify(kustomization));
  try {
    return render(overlay);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function render(folder: string): Shape[] {
  const [command, ...args] = kustomize();
  const output = execFileSync(command, [...args, folder], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return parseAllDocuments(output).map((document) => shape(document.toJS()));
}

function kustomize(): readonly [string, ...string[]] {
  const own = onPath("kustomize");
  if (own !== undefined) return [own, "build"];
  const kubectl = onPath("kubectl");
  if (kubectl !== undefined) return [kubectl, "kustomize"];
  throw new Error("Manifests are rendered by kustomize: install kubectl (1.27 or newer) or kustomize (5.0 or newer).");
}

/** The only one of a kind. Throws when there are none or several. */
export function only(objects: readonly Shape[], kind: string): Shape {
  const [first, second] = objects.filter((object) => object["kind"] === kind);
  if (first === undefined || second !== undefined) throw new Error(`expected exactly one ${kind}`);
  return first;
}

/** The value at a path of fields and positions: "spec.template.spec.containers.0". */
export function at(object: Shape, path: string): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    return Array.isArray(value) ? value[Number(key)] : shape(value)[key];
  }, object);
}

/** Variables of the container, those from Secrets as the text "secret". */
export function environmentOf(objects: readonly Shape[]): Record<string, string> {
  const variables = shapes(at(only(objects, "Deployment"), "spec.template.spec.containers.0.env"));
  return Object.fromEntries(
    variables.map((variable) => [text(variable["name"]) ?? "", text(variable["value"]) ?? SECRET_VALUE]),
  );
}

/** Long enough to be one. */
const SECRET_VALUE = "from-a-secret-of-the-cluster-0123456789abcdef";
