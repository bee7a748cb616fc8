/** What a response code means, in one place. Codes are those of ResponseRate: HTTP status, gRPC status, or "-". */

export type ResponseClass = "ok" | "redirect" | "clientError" | "serverError" | "noResponse";

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
 * @see https://istio.io/latest/docs/reference/config/metrics/
 */
export function responseCode(row: { protocol: string; responseCode: string; grpcStatus: string }): string {
  if (row.responseCode === "0" || row.responseCode === "" || row.responseCode === "unknown") return "-";
  if (row.protocol === "grpc" && row.grpcStatus !== "" && !isHttpError(row.responseCode)) return row.grpcStatus;
  return row.responseCode;
}

/** Classes of a code under a protocol. gRPC statuses are 0–16; three digits on a gRPC edge are judged as HTTP. */
export function classifyResponse(protocol: "http" | "grpc", code: string): ResponseClass {
  if (code === "-") return "noResponse";
  if (protocol === "grpc" && !/^\d{3}$/.test(code)) return code === "0" ? "ok" : "serverError";
  switch (code.charAt(0)) {
    case "3":
      return "redirect";
    case "4":
      return "clientError";
    case "5":
      return "serverError";
    default:
      return "ok";
  }
}

/** Errors in the sense of "error rate": no response, 5xx, gRPC status other than 0. 4xx are the client's. */
export function isError(responseClass: ResponseClass): boolean {
  return responseClass === "noResponse" || responseClass === "serverError";
}
