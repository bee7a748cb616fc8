/**
 * Requests that change something come from a page of ours, shown to whoever is logged in. Cookies and proxies would let
 * another site's page send them too, so they must also carry our origin (which browsers write themselves) and a proof
 * that only our pages can read.
 */
import { CSRF_HEADER } from "#lib/api/session.ts";
import { ProblemError } from "../problemError.ts";
import { saysJson } from "../readBody.ts";
import type { Keyring } from "./keyring.ts";
import type { PublicAddress } from "./publicAddress.ts";
import type { Viewer } from "./viewer.ts";

export type ForgeryGuard = {
  /** The proof that this viewer's pages send. */
  proofFor(viewer: Viewer): string;
  /** Throws ProblemError 403 unless the request comes from a page of ours, 415 unless its body is JSON. */
  checkOrigin(request: Request): void;
  /** The same, and 403 unless it carries the viewer's proof. */
  check(request: Request, viewer: Viewer): void;
};

const HARMLESS = new Set(["GET", "HEAD", "OPTIONS"]);

export function createForgeryGuard(keyring: Keyring, address: PublicAddress): ForgeryGuard {
  function checkOrigin(request: Request): void {
    if (HARMLESS.has(request.method)) return;
    const origin = request.headers.get("origin");
    const site = request.headers.get("sec-fetch-site");
    const isOurs = origin === null ? site === "same-origin" : address.isOurs(origin, request);
    if (!isOurs || (site !== null && site !== "same-origin")) {
      throw new ProblemError(403, "The request comes from elsewhere", {
        detail: "Only pages of Meshscope itself may change something.",
        hint: "Behind a proxy, set MESHSCOPE_PUBLIC_URL to the address people open. Scripts send it as Origin.",
        extra: { reason: "foreign-origin" },
      });
    }
    const length = Number(request.headers.get("content-length") ?? 0);
    const hasBody = length > 0 || request.headers.has("transfer-encoding");
    if (!saysJson(request) && (hasBody || request.headers.has("content-type"))) {
      throw new ProblemError(415, "Not JSON", { detail: "The body must be sent with content-type: application/json." });
    }
  }

  return {
    checkOrigin,
    proofFor: (viewer) => keyring.proofFor(subjectOf(viewer)),
    check(request, viewer) {
      if (HARMLESS.has(request.method)) return;
      checkOrigin(request);
      if (keyring.proves(request.headers.get(CSRF_HEADER) ?? "", subjectOf(viewer))) return;
      throw new ProblemError(403, "The request lacks its proof", {
        detail: `Send what /api/v1/session calls "csrf" as ${CSRF_HEADER}.`,
        hint: "Reload the page.",
        extra: { reason: "forgery" },
      });
    },
  };
}

/** A proof holds for one session; without sessions, for one viewer. */
function subjectOf({ session, id }: Viewer): string {
  return session === undefined ? `viewer ${id}` : `session ${session.id}`;
}
