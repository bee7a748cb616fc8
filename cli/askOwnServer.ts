/** One request to the server that has just been started, over whatever it speaks. */
import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { TLSSocket } from "node:tls";
import type { OwnCertificate } from "./ownCertificate.ts";
import { StartError } from "./startError.ts";

export type Place = { readonly host: string; readonly port: number; readonly path: string };

/**
 * Resolves when it has answered. Our certificate need not be one that this machine trusts, nor be made for the address
 * that we ask: it must be the very one that we serve with. Rejects with StartError when another answers.
 */
export async function askOwnServer(place: Place, certificate: OwnCertificate | undefined): Promise<void> {
  const outgoing =
    certificate === undefined
      ? httpRequest({ ...place, agent: false })
      : httpsRequest({ ...place, agent: false, rejectUnauthorized: false });
  if (certificate !== undefined) {
    outgoing.once("socket", (socket) => {
      socket.once("secureConnect", () => {
        const served = (socket as TLSSocket).getPeerX509Certificate()?.fingerprint256;
        if (served !== certificate.fingerprint()) {
          outgoing.destroy(new StartError(`Something else answers at ${place.host}:${place.port}.`));
        }
      });
    });
  }
  outgoing.end();
  const [response] = (await once(outgoing, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
}
