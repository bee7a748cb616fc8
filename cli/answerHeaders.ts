/** Headers of every answer, whoever makes it: they keep a browser from taking it for something else. */
import type { ServerResponse } from "node:http";
import { isIP } from "node:net";
import { isLoopbackHost } from "#lib/server/hosts.ts";

/** What the page never uses. Copying to the clipboard and full screen stay allowed for ourselves. */
const UNUSED_FEATURES = [
  "accelerometer",
  "browsing-topics",
  "camera",
  "display-capture",
  "geolocation",
  "gyroscope",
  "hid",
  "magnetometer",
  "microphone",
  "midi",
  "payment",
  "publickey-credentials-get",
  "screen-wake-lock",
  "serial",
  "usb",
  "xr-spatial-tracking",
];

export const ANSWER_HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": UNUSED_FEATURES.map((feature) => `${feature}=()`).join(", "),
} as const;

/** Data, opened as a document, may do nothing. Pages have a policy of their own (proxy.ts), which replaces this one. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** A year, for this host alone. */
const HSTS = "max-age=31536000";

/** Sets what every answer carries. `host` is the name that was asked for. */
export function setAnswerHeaders(
  response: ServerResponse,
  { id, host, path, encrypted }: { id: string; host: string; path: string; encrypted: boolean },
): void {
  for (const [name, value] of Object.entries(ANSWER_HEADERS)) response.setHeader(name, value);
  response.setHeader("x-request-id", id);
  // Workers take the policy of their file, and load more files.
  if (!path.includes("/_next/")) response.setHeader("content-security-policy", DATA_POLICY);
  // Browsers would also keep other servers on this machine from being opened without TLS.
  if (encrypted && isIP(host) === 0 && !isLoopbackHost(host)) {
    response.setHeader("strict-transport-security", HSTS);
  }
}
