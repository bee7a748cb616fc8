/** What is answered when everything is served below a base path: nothing outside it but what a cluster's probes ask for. */
import type { RequestListener, ServerResponse } from "node:http";
import { requestId } from "#lib/server/requestContext.ts";
import { document } from "./refuse.ts";
import { isProbe } from "./requestTarget.ts";

/**
 * The listener, which knows only paths below `basePath` ("" or "/meshscope"). The root leads there, probes and metrics are
 * answered in both places, every other path outside is 404.
 */
export function underBasePath(listener: RequestListener, basePath: string): RequestListener {
  if (basePath === "") return listener;
  return (request, response) => {
    const url = request.url ?? "/";
    const [path = ""] = url.split("?", 1);
    if (path === basePath || path.startsWith(`${basePath}/`)) return listener(request, response);
    if (path === "/") return redirect(response, `${basePath}${url.slice(1)}`);
    // Kubelet and Prometheus come to the pod itself and know nothing of an ingress.
    if (!isProbe(path)) return notFound(response, basePath);
    request.url = `${basePath}${url}`;
    listener(request, response);
  };
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(307, { location });
  response.end();
}

function notFound(response: ServerResponse, basePath: string): void {
  const problem = { status: 404, detail: `Meshscope is served below ${basePath}.`, hint: `Open ${basePath}.` };
  response.writeHead(problem.status, { "content-type": "application/problem+json", "cache-control": "no-store" });
  response.end(document(requestId() ?? "", problem));
}
