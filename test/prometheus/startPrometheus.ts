/** A real Prometheus of one's own: free loopback port, own data, gone when stopped. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findPrometheus } from "./findPrometheus.ts";
import { freePort, type ServerProcess, startServerProcess } from "./serverProcess.ts";

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
}): Promise<ServerProcess> {
  const { prometheus } = findPrometheus();
  const port = options.port ?? (await freePort());
  await mkdir(options.dataDir, { recursive: true });
  const config = join(options.dataDir, "prometheus.yml");
  await writeFile(
    config,
    `global:\n  scrape_interval: ${options.scrapeIntervalSeconds ?? 15}s\nscrape_configs: ${options.scrapeConfigs ?? "[]"}\n`,
  );
  const flags = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${options.dataDir}`,
    `--web.listen-address=127.0.0.1:${port}`,
    "--storage.tsdb.retention.time=100y",
    "--log.level=warn",
    ...(options.flags ?? []),
  ];
  return startServerProcess(prometheus, flags, port);
}
