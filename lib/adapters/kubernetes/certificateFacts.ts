/** The public part of certificates, from PEM that may hold more than it should. */
import { X509Certificate } from "node:crypto";
import type { CertificateFacts } from "#lib/domain/mesh/gatewayCertificate.ts";

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";
/** Bundles of authorities have some 150. */
const MOST = 300;

/**
 * Reads every certificate of a base64 value, in order. People put keys beside certificates: of the rest nothing is looked
 * at. Throws when a certificate cannot be read.
 */
export function readCertificates(base64: string): CertificateFacts[] {
  const pem = Buffer.from(base64, "base64");
  const facts: CertificateFacts[] = [];
  try {
    for (let at = pem.indexOf(BEGIN); at >= 0 && facts.length < MOST; at = pem.indexOf(BEGIN, at + 1)) {
      const end = pem.indexOf(END, at);
      if (end < 0) throw new Error("a certificate has no end");
      facts.push(factsOf(new X509Certificate(pem.subarray(at, end + END.length))));
    }
  } finally {
    pem.fill(0);
  }
  return facts;
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  const { subject, issuer, subjectAltName = "", validFromDate, validToDate } = certificate;
  return {
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    notBeforeSeconds: validFromDate.getTime() / 1000,
    expiresAtSeconds: validToDate.getTime() / 1000,
    dnsNames: dnsNames(subjectAltName),
    keyAlgorithm: algorithmOf(certificate),
  };
}

/** `DNS:shop.example, IP Address:10.0.0.1, DNS:"odd, name"`: what could be mistaken is quoted as JSON. */
function dnsNames(names: string): string[] {
  return Array.from(names.matchAll(/(?:^|, )([\w ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g)).flatMap(([, type, name = ""]) => {
    if (type !== "DNS") return [];
    return name.startsWith('"') ? [String(JSON.parse(name))] : [name];
  });
}

/** "CN=shop\nO=Shop" → "CN=shop, O=Shop"; a self-signed one may have no name at all. */
function oneLine(name: string | undefined): string {
  return (name ?? "").trim().replaceAll("\n", ", ");
}

function algorithmOf({ publicKey }: X509Certificate): string {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details } = publicKey;
  if (type === "rsa") return `RSA ${details?.modulusLength ?? ""}`.trim();
  if (type === "ec") return `EC ${details?.namedCurve ?? ""}`.trim();
  return type;
}
