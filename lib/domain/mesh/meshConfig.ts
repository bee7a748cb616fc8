/** The mesh configuration as istiod reads it: YAML in a ConfigMap, over Istio's defaults. */
import { parse } from "yaml";
import { type LabelSelector, readLabelSelector } from "./labelSelector.ts";
import type { MeshView } from "./meshIndex.ts";
import type { MeshObject } from "./meshObject.ts";
import { optionalShape, type Shape, shape, shapes, text, texts } from "./shape.ts";

/** @see https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig */
export type MeshConfig = {
  /** Of the ConfigMap, and so of istiod. */
  readonly namespace: string;
  readonly name: string;
  /** Of the istiod that reads it. */
  readonly revision: string;
  readonly rootNamespace: string;
  readonly trustDomain: string;
  readonly trustDomainAliases: readonly string[];
  /** A namespace that any of them selects is part of the mesh; without any, all are. */
  readonly discoverySelectors: readonly LabelSelector[];
  /** Calls to unknown hosts: ALLOW_ANY or REGISTRY_ONLY. */
  readonly outboundTrafficPolicy: string;
  readonly enableAutoMtls: boolean;
  /** Of mTLS within the mesh: TLSV1_2, TLSV1_3; absent: Envoy's own. */
  readonly minTlsVersion?: string;
  /** Where proxies write access logs; absent: nowhere. */
  readonly accessLogFile?: string;
  readonly pathNormalization: string;
  /** To which namespaces objects without exportTo are visible. */
  readonly defaultExportTo: {
    readonly services: readonly string[];
    readonly virtualServices: readonly string[];
    readonly destinationRules: readonly string[];
  };
  /** Names that Telemetry and AuthorizationPolicy may refer to. */
  readonly extensionProviders: readonly string[];
  /** Of proxies: what ProxyConfig objects and annotations build upon. */
  readonly defaultConfig: Shape;
  /** As written, for fields that are not above. */
  readonly written: Shape;
  /** Why the text cannot be read; then all of the above are defaults. */
  readonly problem?: string;
};

/** Reads a ConfigMap's `mesh`. @see https://github.com/istio/istio/blob/master/pkg/config/mesh/mesh.go DefaultMeshConfig */
export function readMeshConfig(configMap: MeshObject): MeshConfig {
  const { namespace, name } = configMap.metadata;
  const { fields, problem } = readYaml(shape(configMap["data"])["mesh"]);
  const minTlsVersion = text(shape(fields["meshMTLS"])["minProtocolVersion"]);
  const accessLogFile = text(fields["accessLogFile"]);
  return {
    namespace,
    name,
    revision: revisionOf(configMap, "istio"),
    rootNamespace: text(fields["rootNamespace"]) ?? "istio-system",
    trustDomain: text(fields["trustDomain"]) ?? "cluster.local",
    trustDomainAliases: texts(fields["trustDomainAliases"]),
    discoverySelectors: shapes(fields["discoverySelectors"]).map(readLabelSelector),
    outboundTrafficPolicy: text(shape(fields["outboundTrafficPolicy"])["mode"]) ?? "ALLOW_ANY",
    enableAutoMtls: fields["enableAutoMtls"] !== false,
    ...(minTlsVersion !== undefined && { minTlsVersion }),
    ...(accessLogFile !== undefined && { accessLogFile }),
    pathNormalization: text(shape(fields["pathNormalization"])["normalization"]) ?? "DEFAULT",
    defaultExportTo: {
      services: exportTo(fields["defaultServiceExportTo"]),
      virtualServices: exportTo(fields["defaultVirtualServiceExportTo"]),
      destinationRules: exportTo(fields["defaultDestinationRuleExportTo"]),
    },
    extensionProviders: shapes(fields["extensionProviders"]).flatMap((provider) => text(provider["name"]) ?? []),
    defaultConfig: shape(fields["defaultConfig"]),
    written: fields,
    ...(problem !== undefined && { problem }),
  };
}

/** The mesh configuration of every istiod that we may read. */
export function collectMeshConfigs(index: Pick<MeshView, "list">): MeshConfig[] {
  return index
    .list("/ConfigMap")
    .filter((configMap) => text(shape(configMap["data"])["mesh"]) !== undefined)
    .map(readMeshConfig);
}

/** The revision that an object of istiod's belongs to: by its label, else by what follows the stem of its name. */
export function revisionOf({ metadata }: MeshObject, stem: string): string {
  const suffix = metadata.name.startsWith(`${stem}-`) ? metadata.name.slice(stem.length + 1) : "";
  return text(metadata.labels["istio.io/rev"]) ?? text(suffix) ?? "default";
}

/** The mapping in a text of YAML (or JSON). Text that is none is told, not thrown: it is somebody's configuration. */
export function readYaml(value: unknown): { readonly fields: Shape; readonly problem?: string } {
  try {
    const parsed: unknown = parse(text(value) ?? "", { logLevel: "error" });
    const fields = optionalShape(parsed);
    if (fields !== undefined || parsed === null) return { fields: fields ?? {} };
    return { fields: {}, problem: "it is not a mapping" };
  } catch (error) {
    return { fields: {}, problem: error instanceof Error ? (error.message.split("\n", 1)[0] ?? "") : String(error) };
  }
}

function exportTo(value: unknown): string[] {
  const namespaces = texts(value);
  return namespaces.length === 0 ? ["*"] : namespaces;
}
