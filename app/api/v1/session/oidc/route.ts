import { handleOpen, redirect } from "#lib/server/respond.ts";
import { oidcLogin } from "#lib/server/session.ts";

/** Sends the browser to the OpenID provider; it comes back to the path in `return`. */
export function GET(request: Request): Promise<Response> {
  return handleOpen("session/oidc", request, async (running, cookies) => {
    const back = new URL(request.url).searchParams.get("return") ?? "/";
    return redirect(await oidcLogin(running).begin(request, cookies, back));
  });
}
