/** What a page may load: our own files, and the inline scripts and styles that carry this answer's nonce. */
import { randomBytes } from "node:crypto";
import { type NextRequest, NextResponse } from "next/server";

/** Names from a cluster are never trusted; should one ever reach the page as HTML, the browser runs nothing of it. */
export function proxy(request: NextRequest): NextResponse {
  const nonce = randomBytes(16).toString("base64");
  const policy = contentSecurityPolicy(nonce, process.env.NODE_ENV === "development");
  const headers = new Headers(request.headers);
  headers.set("x-nonce", nonce);
  // Next reads the nonce for its own scripts from the policy of the request.
  headers.set("content-security-policy", policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set("content-security-policy", policy);
  return response;
}

/** Pages only: the API and static files are not documents. "/" is the base path itself, which has no slash at its end. */
export const config = {
  matcher: ["/", "/((?!api/|_next/|demo/metrics|metrics$|healthz$|readyz$|icon\\.svg$).*)"],
};

/** Hot reloading evaluates code and writes style elements of its own. */
function contentSecurityPolicy(nonce: string, isDevelopment: boolean): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'${isDevelopment ? " 'unsafe-eval'" : ""}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
