/** A real VictoriaMetrics of one's own: free loopback port, own data, gone when stopped. It takes remote write as it is. */
import { findVictoriaMetrics } from "./findVictoriaMetrics.ts";
import { freePort, type ServerProcess, startServerProcess } from "./serverProcess.ts";

export type VictoriaMetricsProcess = ServerProcess & {
  /** Makes what was written so far visible to queries; by itself that takes a second. */
  readonly flush: () => Promise<void>;
};

/** Starts a single node on `dataDir` (made if missing) and waits until it is ready. */
export async function startVictoriaMetrics({ dataDir }: { readonly dataDir: string }): Promise<VictoriaMetricsProcess> {
  const port = await freePort();
  const flags = [
    `-storageDataPath=${dataDir}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    "-retentionPeriod=100y",
    // A proxy's own labels and its pod's are more than the 30 it keeps by default; it drops the rest.
    "-maxLabelsPerTimeseries=60",
    // By default it moves "now" half a minute back, and answers what it has answered before.
    "-search.latencyOffset=0s",
    "-search.disableCache",
    "-memory.allowedBytes=256MB",
    "-loggerLevel=ERROR",
  ];
  const server = await startServerProcess(findVictoriaMetrics(), flags, port);
  return { ...server, flush: () => flush(server.url) };
}

async function flush(url: string): Promise<void> {
  const response = await fetch(`${url}/internal/force_flush`);
  await response.arrayBuffer();
  if (!response.ok) throw new Error(`VictoriaMetrics refused to flush (${response.status})`);
}
