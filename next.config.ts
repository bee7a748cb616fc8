import type { NextConfig } from "next";

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // The API compresses what it caches; pages are small and read over loopback or a proxy that compresses.
  compress: false,
  // Loaded from node_modules, not bundled: they read files, load plugins or keep one instance a process.
  serverExternalPackages: ["@kubernetes/client-node", "undici", "pino", "prom-client"],
};

export default config;
