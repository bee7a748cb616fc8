/** What is known of a certificate that a gateway serves; never its key. */
import type { CertificateUse } from "./certificateUses.ts";

/** The public part of one X.509 certificate. Times in unix seconds. */
export type CertificateFacts = {
  readonly subject: string;
  readonly issuer: string;
  readonly notBeforeSeconds: number;
  readonly expiresAtSeconds: number;
  readonly dnsNames: readonly string[];
  /** "RSA 2048", "EC prime256v1", "Ed25519". */
  readonly keyAlgorithm: string;
};

export type CertificateState =
  /** Read; whether it is valid now is for `leaf`'s times to say. */
  | {
      readonly state: "ok";
      readonly leaf: CertificateFacts;
      /** What was sent along, from the leaf's issuer upwards. */
      readonly chain: readonly CertificateFacts[];
      /** Whose client certificates are trusted, where that is in the same Secret. */
      readonly authorities: readonly CertificateFacts[];
    }
  /** `missing`: no such Secret. `not-tls`: it holds no certificate or no key. `not-granted`: see CertificateWanted. */
  | {
      readonly state: "missing" | "denied" | "not-tls" | "unreadable" | "not-granted" | "unknown";
      readonly message: string;
    };

/** A Secret that gateways name, and what is in it. */
export type GatewayCertificate = CertificateState & {
  readonly namespace: string;
  readonly name: string;
  readonly usedBy: readonly CertificateUse[];
};
