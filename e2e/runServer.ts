/** Another server than the demo that all journeys share: for those that need settings of their own. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";

export type RunningServer = { readonly address: string; stop(): Promise<void> };

/** Starts `meshscope <args>` and waits until it is ready. Listens on `port`, or on a free one. */
export async function runServer(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  port = 0,
): Promise<RunningServer> {
  const child = spawn(process.execPath, ["cli/meshscope.ts", ...args, "--port", String(port)], {
    env: { ...process.env, ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  return {
    address: await listeningAddress(child),
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (typeof address === "object" && address !== null) return address.port;
  throw new Error("a TCP server has an address with a port");
}

async function listeningAddress({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error("the server was started without a pipe to read its address from");
  let text = "";
  for await (const chunk of stdout) {
    text += String(chunk);
    const [, url] = /ready at (\S+)/.exec(text) ?? [];
    if (url !== undefined) return url;
  }
  throw new Error(`the server ended before it listened: ${text}`);
}
