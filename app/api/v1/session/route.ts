import { tokenLoginSchema } from "#lib/api/session.ts";
import { readJsonBody } from "#lib/server/readBody.ts";
import { handleOpen } from "#lib/server/respond.ts";
import { endSession, logInByToken, readSession, staySession } from "#lib/server/session.ts";

const PRIVATE = { headers: { "cache-control": "no-store" } };

/** Who is logged in, if anybody. */
export function GET(request: Request): Promise<Response> {
  return handleOpen("session", request, async (running) => Response.json(await readSession(running, request), PRIVATE));
}

/** Logs in with a bearer token. */
export function POST(request: Request): Promise<Response> {
  return handleOpen("session", request, async (running, cookies) => {
    running.forgery.checkOrigin(request);
    const { token } = await readJsonBody(request, tokenLoginSchema);
    return Response.json(await logInByToken(running, request, token, cookies), PRIVATE);
  });
}

/** Keeps the session alive, for somebody who reads without asking for anything. */
export function PUT(request: Request): Promise<Response> {
  return handleOpen("session", request, async (running, cookies) =>
    Response.json(await staySession(running, request, cookies), PRIVATE),
  );
}

/** Logs out. */
export function DELETE(request: Request): Promise<Response> {
  return handleOpen("session", request, async (running, cookies) =>
    Response.json(await endSession(running, request, cookies), PRIVATE),
  );
}
