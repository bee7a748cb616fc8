/** Compression of answers. Next's own does not see the type of route handlers' answers and leaves JSON as it is. */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import compression from "compression";

const COMPRESSIBLE = /json|text|javascript|svg/;

/** The listener with gzip or brotli where the client takes it. Event streams, which say "no-transform", pass through. */
export function compressed(listener: RequestListener): RequestListener {
  const compress = compression({
    filter: (_request, response) => COMPRESSIBLE.test(String(response.getHeader("content-type"))),
  });
  return (request: IncomingMessage, response: ServerResponse) => {
    // Typed for Express, whose requests and responses are Node's with more on top.
    const middleware = compress as unknown as (in_: IncomingMessage, out: ServerResponse, next: () => void) => void;
    middleware(request, response, () => listener(request, response));
  };
}
