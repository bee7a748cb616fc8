/** Next calls this once when the server starts, never during the build. */
export async function register(): Promise<void> {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { startRuntime } = await import("#lib/server/runtime.ts");
  await startRuntime(process.env);
}
