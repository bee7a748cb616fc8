/** Typed views of the two kinds called Gateway: Istio's (selects proxies) and the Gateway API's (makes them). */
import type { Labels } from "./labels.ts";
import type { MeshObject } from "./meshObject.ts";
import { finite, type Shape, shape, shapes, text, textMap, texts } from "./shape.ts";

export type GatewayServer = {
  readonly port: number;
  readonly protocol: string;
  /** As written: may carry a "namespace/" prefix and wildcards. */
  readonly hosts: readonly string[];
  /** PASSTHROUGH, SIMPLE, MUTUAL…; absent without TLS. */
  readonly tlsMode?: string | undefined;
  readonly credentialName?: string | undefined;
};

export type Gateway = {
  readonly namespace: string;
  readonly name: string;
  /** Labels of the proxies it configures, in any namespace. Empty: all gateways. */
  readonly selector: Labels;
  readonly servers: readonly GatewayServer[];
};

/** Reads a networking.istio.io Gateway. Servers without a port number are left out. */
export function readGateway(object: MeshObject): Gateway {
  const spec = shape(object.spec);
  return {
    namespace: object.metadata.namespace,
    name: object.metadata.name,
    selector: textMap(spec["selector"]),
    servers: shapes(spec["servers"]).flatMap((server) => {
      const port = finite(shape(server["port"])["number"]);
      if (port === undefined) return [];
      const tls = shape(server["tls"]);
      return [
        {
          port,
          protocol: text(shape(server["port"])["protocol"]) ?? "",
          hosts: texts(server["hosts"]),
          tlsMode: text(tls["mode"]),
          credentialName: text(tls["credentialName"]),
        },
      ];
    }),
  };
}

export type Listener = {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  /** Absent: every host. */
  readonly hostname?: string | undefined;
  /** Same, All or Selector. */
  readonly allowedNamespaces: string;
};

export type K8sGateway = {
  readonly namespace: string;
  readonly name: string;
  /** "istio", "istio-waypoint"… */
  readonly className: string;
  readonly listeners: readonly Listener[];
  /** From status; a waypoint without one is not ready. */
  readonly addresses: readonly string[];
};

/** Reads a gateway.networking.k8s.io Gateway. Listeners without a port number are left out. */
export function readK8sGateway(object: MeshObject): K8sGateway {
  const spec = shape(object.spec);
  return {
    namespace: object.metadata.namespace,
    name: object.metadata.name,
    className: text(spec["gatewayClassName"]) ?? "",
    listeners: shapes(spec["listeners"]).flatMap(readListener),
    addresses: shapes(shape(object.status)["addresses"]).flatMap((address) => text(address["value"]) ?? []),
  };
}

function readListener(listener: Shape): Listener[] {
  const port = finite(listener["port"]);
  if (port === undefined) return [];
  return [
    {
      name: text(listener["name"]) ?? "",
      port,
      protocol: text(listener["protocol"]) ?? "",
      hostname: text(listener["hostname"]),
      allowedNamespaces: text(shape(shape(listener["allowedRoutes"])["namespaces"])["from"]) ?? "Same",
    },
  ];
}
