/** A typed view of an Istio ServiceEntry: hosts the mesh knows besides its Services. */
import type { Labels } from "./labels.ts";
import type { MeshObject } from "./meshObject.ts";
import { finite, optionalShape, type Shape, shape, shapes, text, textMap, texts } from "./shape.ts";

export type ServiceEntryPort = { readonly name: string; readonly port: number; readonly protocol: string };

export type ServiceEntry = {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly hosts: readonly string[];
  /** Istio takes an absent location as external. */
  readonly location: "external" | "internal";
  /** NONE, STATIC, DNS or DNS_ROUND_ROBIN. */
  readonly resolution: string;
  readonly exportTo: readonly string[];
  readonly ports: readonly ServiceEntryPort[];
  readonly endpoints: readonly { readonly address: string; readonly labels: Labels }[];
  /** Selects pods and WorkloadEntries instead of listing endpoints. */
  readonly workloadSelector?: Labels | undefined;
};

/** Reads a ServiceEntry. Ports without a number and endpoints without an address are left out. */
export function readServiceEntry(object: MeshObject): ServiceEntry {
  const spec = shape(object.spec);
  const selector = optionalShape(spec["workloadSelector"]);
  return {
    namespace: object.metadata.namespace,
    name: object.metadata.name,
    labels: object.metadata.labels,
    annotations: object.metadata.annotations,
    hosts: texts(spec["hosts"]),
    location: spec["location"] === "MESH_INTERNAL" ? "internal" : "external",
    resolution: text(spec["resolution"]) ?? "NONE",
    exportTo: texts(spec["exportTo"]),
    ports: shapes(spec["ports"]).flatMap(readPort),
    endpoints: shapes(spec["endpoints"]).flatMap((endpoint) => {
      const address = text(endpoint["address"]);
      return address === undefined ? [] : [{ address, labels: textMap(endpoint["labels"]) }];
    }),
    workloadSelector: selector && textMap(selector["labels"]),
  };
}

function readPort(port: Shape): ServiceEntryPort[] {
  const number = finite(port["number"]);
  if (number === undefined) return [];
  return [{ name: text(port["name"]) ?? "", port: number, protocol: text(port["protocol"]) ?? "TCP" }];
}
