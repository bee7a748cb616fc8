/** Bodies that clients send: JSON only, no longer than allowed, of the shape a schema says. */
import type { z } from "zod";
import { ProblemError } from "./problemError.ts";

/** Of most requests; whoever takes whole manifests asks for more. */
const LIMIT_BYTES = 64 * 1024;

/**
 * The body, checked. Reads no more than `limitBytes` of it, whatever its headers say, and closes the connection of a
 * client that sends more. Throws ProblemError 415 when it is not JSON, 413 when it is too long and 400 when it cannot be
 * parsed; ZodError, which routes answer with the path in it, when it has another shape.
 */
export async function readJsonBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
  { limitBytes = LIMIT_BYTES }: { readonly limitBytes?: number } = {},
): Promise<z.infer<Schema>> {
  if (!saysJson(request)) {
    throw new ProblemError(415, "Not JSON", { detail: "The body must be sent with content-type: application/json." });
  }
  const text = await readText(request, limitBytes);
  return schema.parse(parseJson(text));
}

/** Whether the request's headers call its body JSON. */
export function saysJson({ headers }: Request): boolean {
  return headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase() === "application/json";
}

async function readText(request: Request, limitBytes: number): Promise<string> {
  if (Number(request.headers.get("content-length") ?? 0) > limitBytes) throw tooLong(limitBytes);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const chunks: string[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > limitBytes) throw tooLong(limitBytes);
      chunks.push(decoder.decode(chunk, { stream: true }));
    }
    chunks.push(decoder.decode());
  } catch (error) {
    // What the decoder throws.
    if (error instanceof TypeError) throw new ProblemError(400, "Not JSON", { detail: "The body is not UTF-8 text." });
    throw error;
  }
  return chunks.join("");
}

/** JSON.parse quotes the text in its message, which may hold a secret. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError(400, "Not JSON", { detail: "The body is not valid JSON." });
  }
}

function tooLong(limitBytes: number): ProblemError {
  return new ProblemError(413, "The body is too long", {
    detail: `At most ${limitBytes} bytes are read.`,
    headers: { connection: "close" },
  });
}
