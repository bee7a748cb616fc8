/** Reaches a Service of the cluster through the API server, so that no port-forward and no route to pods is needed. */
import type { HttpTransport } from "#lib/adapters/httpTransport.ts";
import { SourceError } from "#lib/ports.ts";
import { type KubeClient, pathSegment } from "./kubeClient.ts";
import { isKubeStatus, readKubeStatus } from "./kubeError.ts";

export type ProxiedService = {
  readonly namespace: string;
  readonly name: string;
  /** Number or name of a Service port. */
  readonly port: number | string;
  readonly scheme?: "http" | "https";
};

/**
 * A transport through /api/v1/namespaces/<ns>/services/<scheme>:<name>:<port>/proxy. Answers of the Service are passed
 * on as they are; answers of the API server itself about reaching it become SourceError. The client stays open.
 * Throws SourceError "rejected" when a name cannot be one.
 */
export function createKubeTransport(client: KubeClient, service: ProxiedService): HttpTransport {
  const { namespace, name, port, scheme = "http" } = service;
  const segment = [scheme === "https" ? "https" : "", pathSegment(name), pathSegment(String(port))].join(":");
  const base = `/api/v1/namespaces/${pathSegment(namespace)}/services/${segment}/proxy`;
  const target = `Service ${namespace}/${name}:${port} through the API server`;
  return {
    target,
    async request({ method, path, headers, body, signal }) {
      const response = await client.request({
        method,
        path: `${base}${path}`,
        ...(headers && { headers }),
        ...(body !== undefined && { body }),
        signal,
      });
      if (response.status < 400) return response;
      const answer = await response.text();
      if (isKubeStatus(answer)) throw refusal(response.status, answer, target, method);
      return { ...response, text: async () => answer };
    },
    async close() {},
  };
}

function refusal(code: number, body: string, target: string, method: string): SourceError {
  const { message } = readKubeStatus(code, body);
  const isDenied = code === 401 || code === 403;
  const hints: Readonly<Record<number, string>> = {
    401: "The API server does not accept the credentials.",
    403: `Grant ${method === "POST" ? "create" : "get"} on services/proxy in that namespace, or give the server's own address.`,
    404: "The Service does not exist (any more).",
    503: "The Service has no ready endpoint, or the port is wrong.",
  };
  return new SourceError({
    source: target,
    kind: isDenied ? "denied" : "unreachable",
    message: `${target}: ${message} (${code})`,
    hint: hints[code] ?? "The API server could not reach the Service.",
  });
}
