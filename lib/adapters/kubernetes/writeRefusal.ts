/** Why the API server did not make a change: its Status as a WriteError, or as a SourceError where it says nothing. */
import { optionalShape, type Shape, shape, shapes, text } from "#lib/domain/mesh/shape.ts";
import { type FieldCause, type SourceError, WriteError, type WriteErrorReason } from "#lib/ports.ts";
import { errorOfStatus, readKubeStatus } from "./kubeError.ts";

/** Admission webhooks choose their own code: 400 when they give none, 403 not seldom. */
const WEBHOOK = /^admission webhook "/;
/** With fieldValidation=Strict: `strict decoding error: unknown field "spec.htp", duplicate field "spec.hosts"`. */
const STRICT = /((?:unknown|duplicate) field) "([^"]{1,500})"/g;
const MOST_CAUSES = 50;

/**
 * The error for an answer of 400 or more to a request about one object; `what` names the request. Credentials that are not
 * accepted and servers in trouble are SourceErrors.
 * @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/
 */
export function writeRefusal(code: number, body: string, what: string): WriteError | SourceError {
  const status = readKubeStatus(code, body);
  const details = detailsOf(body);
  const reason = reasonOf(code, status.reason, status.message, details);
  if (reason === undefined) return errorOfStatus(status, what);
  return new WriteError({ reason, message: status.message, causes: causesOf(details, status.message) });
}

function reasonOf(code: number, reason: string, message: string, details: Shape): WriteErrorReason | undefined {
  switch (code) {
    case 400:
    case 413:
    case 422:
      return "invalid";
    case 403:
      return WEBHOOK.test(message) ? "invalid" : "denied";
    case 404:
      // Without a name the path itself is not known: no such group, version or kind.
      return text(details["name"]) === undefined ? "unsupported" : "missing";
    case 405:
    case 406:
    case 415:
      return "unsupported";
    case 409:
      return reason === "AlreadyExists" ? "exists" : "conflict";
    default:
      return undefined;
  }
}

function detailsOf(body: string): Shape {
  try {
    return shape(optionalShape(JSON.parse(body))?.["details"]);
  } catch {
    return {};
  }
}

function causesOf(details: Shape, message: string): FieldCause[] {
  const causes = shapes(details["causes"]).flatMap((cause) => {
    const field = text(cause["field"]);
    return field === undefined ? [] : [{ field, message: text(cause["message"]) ?? text(cause["reason"]) ?? "" }];
  });
  const strict = [...message.matchAll(STRICT)].map(([, problem = "", field = ""]) => ({ field, message: problem }));
  return [...causes, ...(message.includes("strict decoding error") ? strict : [])].slice(0, MOST_CAUSES);
}
