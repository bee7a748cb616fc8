/**
 * Which Secrets gateways take their certificates from, and where those are:
 *
 *   Istio Gateway ── selector ──▶ pods of an ingress gateway     servers[].tls.credentialName, in the pods' namespace
 *   Gateway API Gateway, ListenerSet                             listeners[].tls.certificateRefs, in their own namespace
 *                                                                or in another one that allows it by a ReferenceGrant
 *
 * @see https://istio.io/latest/docs/reference/config/networking/gateway/#ServerTLSSettings
 * @see https://gateway-api.sigs.k8s.io/guides/tls/#cross-namespace-certificate-references
 */
import { getOrAdd } from "./getOrAdd.ts";
import { type Labels, matchesLabels } from "./labels.ts";
import type { MeshView } from "./meshIndex.ts";
import { type MeshObject, type ObjectRef, refOf } from "./meshObject.ts";
import { finite, type Shape, shape, shapes, text, textMap, texts } from "./shape.ts";

/** Where a certificate is named: a server or listener of a gateway. */
export type CertificateUse = {
  readonly gateway: ObjectRef;
  /** Name of the server or listener, else its port. */
  readonly server: string;
};

export type CertificateWanted = {
  readonly namespace: string;
  readonly name: string;
  readonly usedBy: readonly CertificateUse[];
  /** False: it is in another namespace than the gateways that name it, which does not allow that. It is not to be read. */
  readonly isGranted: boolean;
};

type Named = {
  readonly namespace: string;
  readonly name: string;
  readonly use: CertificateUse;
  readonly isGranted: boolean;
};

/** No Secret has another name; it goes into a URL. */
const OBJECT_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;
const GATEWAY_API = "gateway.networking.k8s.io";

/** Every Secret that some gateway names, once. Gateways whose proxies are not known name none. */
export function collectCertificateUses(index: Pick<MeshView, "list">): CertificateWanted[] {
  const wanted = new Map<string, { namespace: string; name: string; usedBy: CertificateUse[]; isGranted: boolean }>();
  for (const { namespace, name, use, isGranted } of [...ofIstio(index), ...ofGatewayApi(index)]) {
    if (![namespace, name].every((part) => OBJECT_NAME.test(part))) continue;
    const secret = getOrAdd(wanted, `${namespace}/${name}`, () => ({ namespace, name, usedBy: [], isGranted: false }));
    secret.usedBy.push(use);
    secret.isGranted ||= isGranted;
  }
  return [...wanted.values()];
}

function ofIstio(index: Pick<MeshView, "list">): Named[] {
  const places = new Map<string, string[]>();
  const placesOf = (selector: Labels): string[] =>
    getOrAdd(places, JSON.stringify(selector), () => {
      const pods = index.list("/Pod").filter(({ metadata }) => matchesLabels(selector, metadata.labels));
      return [...new Set(pods.map(({ metadata }) => metadata.namespace))];
    });
  return index.list("networking.istio.io/Gateway").flatMap((object) => {
    const spec = shape(object.spec);
    const selector = textMap(spec["selector"]);
    // An empty selector is every gateway's; which of them means a Secret by this name is not ours to guess.
    if (Object.keys(selector).length === 0) return [];
    return shapes(spec["servers"]).flatMap((server) => {
      const use = { gateway: refOf(object), server: serverName(server, shape(server["port"])) };
      return credentialNames(shape(server["tls"])).flatMap((name) =>
        placesOf(selector).map((namespace) => ({ namespace, name, use, isGranted: true })),
      );
    });
  });
}

/** Plain names of Secrets; "kubernetes://" says the same, and other schemes are of other stores. */
function credentialNames(tls: Shape): string[] {
  const names = [text(tls["credentialName"]) ?? "", ...texts(tls["credentialNames"])];
  return names.map((name) => name.replace(/^kubernetes:\/\//, ""));
}

function ofGatewayApi(index: Pick<MeshView, "list">): Named[] {
  const grants = index.list(`${GATEWAY_API}/ReferenceGrant`);
  return (["Gateway", "ListenerSet"] as const).flatMap((kind) =>
    index.list(`${GATEWAY_API}/${kind}`).flatMap((object) =>
      shapes(shape(object.spec)["listeners"]).flatMap((listener) => {
        const use = { gateway: refOf(object), server: serverName(listener, listener) };
        return shapes(shape(listener["tls"])["certificateRefs"]).flatMap((ref): Named[] => {
          const name = text(ref["name"]);
          if (name === undefined || (ref["group"] ?? "") !== "" || (ref["kind"] ?? "Secret") !== "Secret") return [];
          const own = object.metadata.namespace;
          const namespace = text(ref["namespace"]) ?? own;
          const isGranted = namespace === own || grants.some((grant) => grantsSecret(grant, object, namespace, name));
          return [{ namespace, name, use, isGranted }];
        });
      }),
    ),
  );
}

/** @see https://gateway-api.sigs.k8s.io/api-types/referencegrant/ */
function grantsSecret(grant: MeshObject, from: MeshObject, namespace: string, name: string): boolean {
  if (grant.metadata.namespace !== namespace) return false;
  const spec = shape(grant.spec);
  const isFrom = shapes(spec["from"]).some(
    (source) =>
      source["group"] === GATEWAY_API &&
      source["kind"] === from.kind &&
      source["namespace"] === from.metadata.namespace,
  );
  const isTo = shapes(spec["to"]).some(
    (target) =>
      (target["group"] ?? "") === "" && target["kind"] === "Secret" && (text(target["name"]) ?? name) === name,
  );
  return isFrom && isTo;
}

function serverName(server: Shape, port: Shape): string {
  const number = finite(port["number"]) ?? finite(port["port"]);
  return text(server["name"]) ?? text(port["name"]) ?? `${number ?? ""}`;
}
