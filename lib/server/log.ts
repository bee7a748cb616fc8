/** Structured logs, one JSON object a line, for the server and nothing else. */
import pino from "pino";
import { requestId } from "./requestContext.ts";

export type Log = pino.Logger;

/** Lines written while a request is answered carry its id as `request`. */
export function createLog(level: string): Log {
  return pino({
    name: "meshscope",
    level,
    redact: ["token", "password", "authorization"],
    mixin: () => {
      const request = requestId();
      return request === undefined ? {} : { request };
    },
  });
}
