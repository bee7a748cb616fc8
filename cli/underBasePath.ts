/** What is answered when everything is served below a base path: nothing outside it but what a cluster's probes ask for. */
import { type RequestListener, type ServerResponse, STATUS_CODES } from "node:http";

/** Kubelet and Prometheus come to the pod itself and know nothing of an ingress. */
const AT_THE_ROOT = new Set(["/healthz", "/readyz", "/metrics"]);

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
    if (!AT_THE_ROOT.has(path)) return notFound(response, basePath);
    request.url = `${basePath}${url}`;
    listener(request, response);
  };
}

function redirect(response: ServerResponse, location: string): void {
  response.writeHead(307, { location });
  response.end();
}

function notFound(response: ServerResponse, basePath: string): void {
  const status = 404;
  const detail = `Meshscope is served below ${basePath}.`;
  response.writeHead(status, { "content-type": "application/problem+json" });
  response.end(JSON.stringify({ title: STATUS_CODES[status], status, detail, hint: `Open ${basePath}.` }));
}
