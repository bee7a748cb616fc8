/** What a response code means, in one place. Codes are those of ResponseRate: HTTP status, gRPC status, "-" or "?". */

export type ResponseClass = "ok" | "redirect" | "clientError" | "serverError" | "noResponse";

/** The code of calls that got no response. */
export const NO_RESPONSE = "-";
/** The code of calls whose row does not say how they ended: its label was dropped. */
export const UNSAID = "?";

/** What request_protocol means to us: "http" or "grpc". Older proxies also say "HTTP", "http2", "GRPC". */
export function requestProtocol(reported: string): "http" | "grpc" {
  return reported.toLowerCase().startsWith("grpc") ? "grpc" : "http";
}

/** An HTTP status that says the call failed before gRPC could answer: 4xx and 5xx. */
function isHttpError(code: string): boolean {
  return /^[45]\d\d$/.test(code);
}

/**
 * The code to show for a row: "-" for no response (Istio reports "0"), the gRPC status for gRPC calls that got one,
 * else the HTTP status. A gRPC call refused by a proxy keeps its HTTP status (503), since no gRPC status exists.
 * A label that is missing says nothing: neither success nor failure.
 * @see https://istio.io/latest/docs/reference/config/metrics/
 */
export function responseCode(row: { protocol: string; responseCode: string; grpcStatus: string }): string {
  if (row.responseCode === "0") return NO_RESPONSE;
  if (row.responseCode === "" || row.responseCode === "unknown") return UNSAID;
  if (row.protocol === "grpc" && row.grpcStatus !== "" && !isHttpError(row.responseCode)) return row.grpcStatus;
  return row.responseCode;
}

/** False for what no proxy reports: text, five digits, a negative number, a gRPC status above 16, no code at all. */
export function isKnownCode(protocol: "http" | "grpc", code: string): boolean {
  if (code === NO_RESPONSE || /^[1-5]\d\d$/.test(code)) return true;
  return protocol === "grpc" && /^(\d|1[0-6])$/.test(code);
}

/**
 * Classes of a code under a protocol. gRPC statuses are 0–16, and one beyond is an error, as gRPC's own clients have it;
 * three digits on a gRPC edge are an HTTP status that no gRPC status came with, of which 4xx fail the call as 5xx do, since
 * clients turn both into a gRPC error. What is no code is not called an error: nothing says that it failed.
 * @see https://github.com/grpc/grpc/blob/master/doc/http-grpc-status-mapping.md
 */
export function classifyResponse(protocol: "http" | "grpc", code: string): ResponseClass {
  if (code === NO_RESPONSE) return "noResponse";
  if (protocol === "grpc" && /^\d{1,2}$/.test(code)) return code === "0" ? "ok" : "serverError";
  if (!/^[345]\d\d$/.test(code)) return "ok";
  if (code.startsWith("3")) return "redirect";
  return code.startsWith("4") && protocol === "http" ? "clientError" : "serverError";
}

/** Errors in the sense of "error rate": no response, 5xx, gRPC status other than 0. 4xx are the client's. */
export function isError(responseClass: ResponseClass): boolean {
  return responseClass === "noResponse" || responseClass === "serverError";
}
