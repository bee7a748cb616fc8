/** A real Prometheus of one's own: free loopback port, own data, gone when stopped. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findPrometheus } from "./findPrometheus.ts";

const READY_WITHIN_MS = 120_000;
const POLL_MS = 50;

export type PrometheusProcess = {
  readonly url: string;
  readonly pid: number;
  /** Ends the process and waits until it is gone. Its data stays. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts Prometheus on `dataDir` (made if missing; blocks in it are served) and waits until it is ready.
 * `scrapeConfigs` is YAML, the value of scrape_configs; `flags` are added to the command line.
 */
export async function startPrometheus(options: {
  readonly dataDir: string;
  readonly scrapeIntervalSeconds?: number;
  readonly scrapeConfigs?: string;
  readonly flags?: readonly string[];
  /** For one that comes back where it was; a free one otherwise. */
  readonly port?: number;
}): Promise<PrometheusProcess> {
  const { prometheus } = findPrometheus();
  const port = options.port ?? (await freePort());
  await mkdir(options.dataDir, { recursive: true });
  const config = join(options.dataDir, "prometheus.yml");
  await writeFile(
    config,
    `global:\n  scrape_interval: ${options.scrapeIntervalSeconds ?? 15}s\nscrape_configs: ${options.scrapeConfigs ?? "[]"}\n`,
  );
  const child = spawn(
    prometheus,
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${options.dataDir}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--storage.tsdb.retention.time=100y",
      "--log.level=warn",
      ...(options.flags ?? []),
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log = `${log}${chunk.toString("utf8")}`.slice(-4_000);
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(url, child);
  } catch (error) {
    await stop(child);
    throw new Error(`Prometheus did not become ready: ${log}`, { cause: error });
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}
