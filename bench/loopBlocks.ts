/**
 * Loaded into a server that is measured (node --import): tells the longest turn of its event loop in CPU time, which other
 * work on the machine does not lengthen, and starts anew. Asked and answered over IPC.
 */
const EVERY_MS = 5;

let longestMs = 0;
let lastMs = cpuMs();

setInterval(() => {
  const nowMs = cpuMs();
  longestMs = Math.max(longestMs, nowMs - lastMs);
  lastMs = nowMs;
}, EVERY_MS).unref();

process.on("message", () => {
  process.send?.(longestMs);
  longestMs = 0;
});
process.channel?.unref();

/** Of the main thread alone: compilation and collection beside it hold nothing up. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
