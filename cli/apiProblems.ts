/**
 * Makes problem documents of errors that Next answers by itself: a method that a route does not have, a failure before
 * the route was reached. They would be empty, or pages of HTML.
 */
import type { ServerResponse } from "node:http";
import { document } from "./refuse.ts";

type Method = (...parameters: unknown[]) => unknown;

/** Headers that describe the body that is not sent. */
const OF_BODY = ["content-encoding", "content-length", "etag", "transfer-encoding"];

/** From now on, whatever is written to the response as an error is a problem document. */
export function answerWithProblems(response: ServerResponse, id: string): void {
  const writeHead = response.writeHead.bind(response) as Method;
  const write = response.write.bind(response) as Method;
  const end = response.end.bind(response) as Method;
  let replacement: string | undefined;

  /** Decides with the first byte; until then the status may change. */
  const begin = () => {
    if (!response.headersSent && response.statusCode >= 400) response.writeHead(response.statusCode);
  };
  Object.assign(response, {
    writeHead(status: number, ...rest: unknown[]) {
      const headers = rest.find((parameter) => typeof parameter === "object" && parameter !== null) ?? {};
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value as string);
      if (status < 400 || String(response.getHeader("content-type")).startsWith("application/problem+json")) {
        return writeHead(status);
      }
      replacement = document(id, { status });
      for (const name of OF_BODY) response.removeHeader(name);
      response.setHeader("content-type", "application/problem+json");
      response.setHeader("content-length", Buffer.byteLength(replacement));
      response.setHeader("cache-control", "no-store");
      return writeHead(status);
    },
    write(...parameters: unknown[]) {
      begin();
      return replacement === undefined ? write(...parameters) : true;
    },
    end(...parameters: unknown[]) {
      begin();
      return end(...(replacement === undefined ? parameters : [replacement]));
    },
  });
}
