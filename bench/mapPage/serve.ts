/** Serves the map page through vitest's own Vite, with React built for production. */
import { createViteServer } from "vitest/node";

export async function serveMapPage(): Promise<{ url: string; close(): Promise<void> }> {
  const server = await createViteServer({
    root: new URL("../..", import.meta.url).pathname,
    configFile: false,
    mode: "production",
    logLevel: "error",
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    cacheDir: "/tmp/meshscope-map-bench",
  });
  await server.listen();
  const url = server.resolvedUrls?.local[0];
  if (url === undefined) throw new Error("The map page got no address; is a port of 127.0.0.1 free?");
  return { url: `${url}bench/mapPage/index.html`, close: () => server.close() };
}
