/**
 * The certificate that we serve with. Whoever renews it swaps the files, as the kubelet does for a Secret:
 *
 *   tls.crt → ..data/tls.crt      ..data → ..2026_11_20     then in one step     ..data → ..2026_11_21
 *
 * so what a name leads to is looked at again and again. New connections get the new certificate, open ones live on.
 */
import { X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { Server } from "node:http";
import { Server as TlsServer } from "node:https";
import { createSecureContext } from "node:tls";
import { runningRuntime } from "#lib/server/running.ts";
import { exposeCertificateExpiry } from "#lib/server/selfMetrics.ts";
import type { Settings } from "#lib/server/settings.ts";
import type { CertificatePair } from "./httpServer.ts";
import { StartError } from "./startError.ts";

const LOOK_MS = 5000;
/** From then on each start and each renewal is told to be late. */
const LATE_SECONDS = 14 * 86_400;

type Files = { readonly cert: string; readonly key: string };
type Loaded = CertificatePair & { readonly certificate: X509Certificate; readonly version: string };

export type OwnCertificate = {
  readonly current: () => CertificatePair;
  readonly fingerprint: () => string;
  /** From now on the server gets each new pair that is valid; ends with it. */
  readonly follow: (server: Server, everyMs?: number) => void;
  /** Says in our metrics, and if it is near in the log, when it expires. */
  readonly report: () => void;
};

/** The pair that the settings name, if any. Throws StartError when it cannot be used. */
export function ownCertificate(settings: Settings): OwnCertificate | undefined {
  const { TLS_CERT_FILE: cert, TLS_KEY_FILE: key } = settings;
  if (cert === undefined || key === undefined) return undefined;
  const files = { cert, key };
  let loaded: Loaded;
  try {
    loaded = load(files);
  } catch (error) {
    throw new StartError(`MESHSCOPE_TLS_CERT_FILE and MESHSCOPE_TLS_KEY_FILE cannot be used: ${messageOf(error)}`);
  }
  return {
    current: () => ({ cert: loaded.cert, key: loaded.key }),
    fingerprint: () => loaded.certificate.fingerprint256,
    follow(server, everyMs = LOOK_MS) {
      let told = "";
      const look = setInterval(() => {
        try {
          if (versionOf(files) === loaded.version) return;
          const next = load(files);
          if (server instanceof TlsServer) server.setSecureContext({ cert: next.cert, key: next.key, ...OLDEST });
          loaded = next;
          told = "";
          runningRuntime()?.log.info({ validTo: next.certificate.validTo }, "TLS certificate renewed");
          warnWhenLate(next);
        } catch (error) {
          // A pair that is half written is whole the next time. What stays wrong is said once.
          if (messageOf(error) === told) return;
          told = messageOf(error);
          runningRuntime()?.log.error(
            { problem: told, ...files },
            "New TLS certificate is not used; the old one stays",
          );
        }
      }, everyMs);
      look.unref();
      server.once("close", () => clearInterval(look));
    },
    report() {
      const running = runningRuntime();
      if (running !== undefined) exposeCertificateExpiry(running.metrics, () => expirySeconds(loaded));
      warnWhenLate(loaded);
    },
  };
}

/** Also of contexts that come later: setSecureContext begins anew. */
const OLDEST = { minVersion: "TLSv1.2" } as const;

/** Throws when a file cannot be read, or the two do not belong together. */
function load(files: Files): Loaded {
  // Before the texts: if they change in between, the next look sees another version.
  const version = versionOf(files);
  const pair = { cert: readFileSync(files.cert, "utf8"), key: readFileSync(files.key, "utf8") };
  createSecureContext({ ...pair, ...OLDEST });
  return { ...pair, certificate: new X509Certificate(pair.cert), version };
}

/** Changes whenever what a name leads to does. */
function versionOf({ cert, key }: Files): string {
  return [cert, key]
    .map((path) => {
      const { ino, size, mtimeMs } = statSync(path);
      return `${ino} ${size} ${mtimeMs}`;
    })
    .join();
}

function expirySeconds({ certificate }: Loaded): number {
  return Date.parse(certificate.validTo) / 1000;
}

function warnWhenLate(loaded: Loaded): void {
  const seconds = expirySeconds(loaded) - Date.now() / 1000;
  if (seconds > LATE_SECONDS) return;
  const { validTo } = loaded.certificate;
  runningRuntime()?.log.warn({ validTo }, seconds < 0 ? "TLS certificate has expired" : "TLS certificate expires soon");
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
