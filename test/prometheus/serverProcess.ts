/** A server program of one's own for tests: started on a free loopback port, ended with the test. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

const READY_WITHIN_MS = 120_000;
const POLL_MS = 50;

export type ServerProcess = {
  readonly url: string;
  readonly pid: number;
  /** Ends the process and waits until it is gone. Its data stays. */
  readonly stop: () => Promise<void>;
};

/** Starts a program that listens on `port` and waits until /-/ready is answered with 200. */
export async function startServerProcess(
  program: string,
  flags: readonly string[],
  port: number,
): Promise<ServerProcess> {
  const child = spawn(program, flags, { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log = `${log}${chunk.toString("utf8")}`.slice(-4_000);
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(url, child);
  } catch (error) {
    await stop(child);
    throw new Error(`${program} did not become ready: ${log}`, { cause: error });
  }
  return { url, pid: child.pid ?? 0, stop: () => stop(child) };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const deadline = AbortSignal.timeout(READY_WITHIN_MS);
  for (;;) {
    if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}`);
    const ready = await fetch(`${url}/-/ready`, { signal: deadline }).catch(() => undefined);
    await ready?.arrayBuffer();
    if (ready?.ok === true) return;
    await sleep(POLL_MS, undefined, { signal: deadline });
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  const forced = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await exited;
  clearTimeout(forced);
}

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}
