/** Where people reach us, as far as a request tells: for cookies, for the origin of forms, for addresses we hand out. */
import { isLoopbackHost, nameOfHost } from "../hosts.ts";
import { requestContext } from "../requestContext.ts";
import type { Proxies } from "./proxies.ts";

export type PublicAddress = {
  /** Path of our own before every page and route: "" or "/meshscope". */
  readonly basePath: string;
  /** Whether the browser speaks TLS: then cookies never leave it otherwise. */
  readonly isSecure: (request: Request) => boolean;
  /** Port in the address bar, where it is not the scheme's own; "" otherwise. */
  readonly port: (request: Request) => string;
  /** Whether an Origin header names us. */
  readonly isOurs: (origin: string, request: Request) => boolean;
};

/** `publicUrl` without a slash at its end, as the settings have it. */
export function createPublicAddress(
  settings: { readonly publicUrl?: string | undefined; readonly basePath?: string | undefined },
  proxies: Proxies,
): PublicAddress {
  const configured = settings.publicUrl === undefined ? undefined : new URL(settings.publicUrl);
  const { basePath = "" } = settings;

  /**
   * A header that only a proxy we know may set: of several values the first, which is about the browser. Who makes one up
   * for a request of their own gains nothing by it.
   */
  function forwarded(request: Request, name: string): string | undefined {
    if (!proxies.trusts(requestContext().peer)) return undefined;
    return request.headers.get(name)?.split(",", 1)[0]?.trim().toLowerCase();
  }

  function isSecure(request: Request): boolean {
    if (requestContext().encrypted) return true;
    const scheme = forwarded(request, "x-forwarded-proto");
    return scheme === undefined ? configured?.protocol === "https:" && !isLocal(request) : scheme === "https";
  }

  function hostOf(request: Request): string {
    return forwarded(request, "x-forwarded-host") ?? request.headers.get("host")?.toLowerCase() ?? "";
  }

  return {
    basePath,
    isSecure,
    port: (request) => /:(\d{1,5})$/.exec(hostOf(request))?.[1] ?? "",
    isOurs(origin, request) {
      const parsed = URL.parse(origin);
      if (parsed === null || parsed.origin !== origin) return false;
      if (origin === configured?.origin) return true;
      if (parsed.host !== hostOf(request)) return false;
      // A proxy that ends TLS and is not told to us leaves the scheme unknown; the host is then what there is to compare.
      return configured === undefined || parsed.protocol === (isSecure(request) ? "https:" : "http:");
    },
  };
}

/** A port-forward to a server that has a public address: the browser speaks plain HTTP to its own machine. */
function isLocal(request: Request): boolean {
  return isLoopbackHost(nameOfHost(request.headers.get("host") ?? ""));
}
