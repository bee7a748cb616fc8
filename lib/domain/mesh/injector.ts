/** What an istiod injects, and into what: its ConfigMap istio-sidecar-injector. */
import { type LabelSelector, readLabelSelector } from "./labelSelector.ts";
import { readYaml, revisionOf } from "./meshConfig.ts";
import type { MeshView } from "./meshIndex.ts";
import type { MeshObject } from "./meshObject.ts";
import { type Shape, shape, shapes, text, texts } from "./shape.ts";

export type Injector = {
  readonly namespace: string;
  readonly revision: string;
  /** Whether pods are injected that do not say: "enabled" or "disabled". */
  readonly policy: string;
  /** Templates for pods that name none in `inject.istio.io/templates`. */
  readonly defaultTemplates: readonly string[];
  /** Names of all templates; their text is not kept. */
  readonly templates: readonly string[];
  /** Pods that are injected, or not, whatever their namespace says. */
  readonly always: readonly LabelSelector[];
  readonly never: readonly LabelSelector[];
  /** What istiod was installed with. */
  readonly values: Shape;
  /** Why one of the texts cannot be read; then what it says is missing above. */
  readonly problem?: string;
};

const NAME = "istio-sidecar-injector";

/** Reads a ConfigMap's `config` and `values`. @see https://github.com/istio/istio/blob/master/pkg/kube/inject/inject.go Config */
export function readInjector(configMap: MeshObject): Injector {
  const data = shape(configMap["data"]);
  const { fields, problem } = readYaml(data["config"]);
  const values = readYaml(data["values"]);
  const why = problem ?? values.problem;
  return {
    namespace: configMap.metadata.namespace,
    revision: revisionOf(configMap, NAME),
    policy: text(fields["policy"]) ?? "disabled",
    defaultTemplates: texts(fields["defaultTemplates"]),
    templates: Object.keys(shape(fields["templates"])),
    always: shapes(fields["alwaysInjectSelector"]).map(readLabelSelector),
    never: shapes(fields["neverInjectSelector"]).map(readLabelSelector),
    values: values.fields,
    ...(why !== undefined && { problem: why }),
  };
}

/** The injector of every istiod that we may read. */
export function collectInjectors(index: Pick<MeshView, "list">): Injector[] {
  return index
    .list("/ConfigMap")
    .filter(({ metadata, ...object }) => metadata.name.startsWith(NAME) && "config" in shape(object["data"]))
    .map(readInjector);
}
