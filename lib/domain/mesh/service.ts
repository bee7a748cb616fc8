/** A typed view of a core/v1 Service. */
import { serviceFqdn } from "./hosts.ts";
import type { Labels } from "./labels.ts";
import type { MeshObject } from "./meshObject.ts";
import { finite, shape, shapes, text, textMap } from "./shape.ts";

export type ServicePort = {
  /** "" where unnamed. */
  readonly name: string;
  readonly port: number;
  /** A number or the name of a container port; `port` where not given. */
  readonly targetPort: number | string;
  /** Transport: "TCP", "UDP", "SCTP". */
  readonly protocol: string;
  readonly appProtocol?: string | undefined;
};

export type Service = {
  readonly namespace: string;
  readonly name: string;
  readonly fqdn: string;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  /** ClusterIP, NodePort, LoadBalancer or ExternalName. */
  readonly type: string;
  readonly headless: boolean;
  /** Empty: endpoints are kept by hand, or the service is an alias. */
  readonly selector: Labels;
  readonly ports: readonly ServicePort[];
  readonly externalName?: string | undefined;
};

/** Reads a Service. Ports without a number are left out. */
export function readService(object: MeshObject): Service {
  const { namespace, name } = object.metadata;
  const spec = shape(object.spec);
  return {
    namespace,
    name,
    fqdn: serviceFqdn(name, namespace),
    labels: object.metadata.labels,
    annotations: object.metadata.annotations,
    type: text(spec["type"]) ?? "ClusterIP",
    headless: spec["clusterIP"] === "None",
    selector: textMap(spec["selector"]),
    ports: shapes(spec["ports"]).flatMap(readPort),
    externalName: text(spec["externalName"]),
  };
}

/** What Istio speaks on a port: appProtocol first, then the prefix of its name; undefined means it is sniffed. */
export function declaredProtocol(port: {
  readonly name: string;
  readonly appProtocol?: string | undefined;
}): string | undefined {
  const declared = (port.appProtocol ?? port.name.split("-")[0] ?? "").toLowerCase();
  return declared === "" ? undefined : declared.replace(/^kubernetes\.io\//, "");
}

function readPort(port: ReturnType<typeof shape>): ServicePort[] {
  const number = finite(port["port"]);
  if (number === undefined) return [];
  return [
    {
      name: text(port["name"]) ?? "",
      port: number,
      targetPort: finite(port["targetPort"]) ?? text(port["targetPort"]) ?? number,
      protocol: text(port["protocol"]) ?? "TCP",
      appProtocol: text(port["appProtocol"]),
    },
  ];
}
