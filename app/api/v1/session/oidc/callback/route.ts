import { handleOpen, redirect } from "#lib/server/respond.ts";
import { oidcLogin } from "#lib/server/session.ts";

/** Where the OpenID provider sends the browser back to. */
export function GET(request: Request): Promise<Response> {
  return handleOpen("session/oidc/callback", request, async (running, cookies) =>
    redirect(await oidcLogin(running).finish(request, cookies)),
  );
}
