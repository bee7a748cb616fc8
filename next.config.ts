import type { NextConfig } from "next";

const config: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Ours is in cli/compressed.ts: it also compresses what routes answer.
  compress: false,
  // Loaded from node_modules, not bundled: they read files, load plugins or keep one instance a process.
  serverExternalPackages: ["@kubernetes/client-node", "undici", "pino", "prom-client"],
};

export default config;
