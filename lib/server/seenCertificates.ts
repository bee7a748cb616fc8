/** Certificates of gateways as they stand now, for who may see a gateway that serves them. */
import type { ClustersDocument } from "#lib/api/clusters.ts";
import { type Sight, seesKind, seesNamespace } from "#lib/domain/access/sight.ts";
import type { CertificateFacts, GatewayCertificate } from "#lib/domain/mesh/gatewayCertificate.ts";
import { kindKey } from "#lib/domain/mesh/meshIndex.ts";

type Certificate = NonNullable<ClustersDocument["clusters"][number]["certificates"]>[number];

const EXPIRING_SECONDS = 30 * 86_400;

/** Those that end first come first; those that could not be read before them. */
export function seenCertificates(
  certificates: readonly GatewayCertificate[],
  cluster: string,
  sight: Sight,
  nowSeconds: number,
): Certificate[] {
  return certificates
    .filter(({ namespace }) => seesNamespace(sight, cluster, namespace))
    .flatMap((certificate) => {
      const uses = certificate.usedBy.filter(({ gateway }) =>
        seesKind(sight, cluster, kindKey(gateway), gateway.namespace),
      );
      const usedBy = uses.map(({ gateway, server }) => ({ ...gateway, server }));
      return usedBy.length === 0 ? [] : [{ ...stateOf(certificate, nowSeconds), usedBy }];
    })
    .sort((left, right) => (left.expiresAt ?? 0) - (right.expiresAt ?? 0));
}

function stateOf(certificate: GatewayCertificate, nowSeconds: number): Omit<Certificate, "usedBy"> {
  const { namespace, name } = certificate;
  if (certificate.state !== "ok") return { namespace, name, state: certificate.state, message: certificate.message };
  const { subject, issuer, notBeforeSeconds, expiresAtSeconds, dnsNames } = certificate.leaf;
  return {
    namespace,
    name,
    state: validity(certificate.leaf, nowSeconds),
    subject,
    issuer,
    notBefore: notBeforeSeconds,
    expiresAt: expiresAtSeconds,
    dnsNames: [...dnsNames],
  };
}

function validity({ notBeforeSeconds, expiresAtSeconds }: CertificateFacts, nowSeconds: number): Certificate["state"] {
  if (nowSeconds >= expiresAtSeconds) return "expired";
  if (nowSeconds < notBeforeSeconds) return "not-yet-valid";
  return expiresAtSeconds - nowSeconds < EXPIRING_SECONDS ? "expiring" : "valid";
}
