/** Structured logs, one JSON object a line, for the server and nothing else. */
import pino from "pino";

export type Log = pino.Logger;

export function createLog(level: string): Log {
  return pino({ name: "meshscope", level, redact: ["token", "password", "authorization"] });
}
