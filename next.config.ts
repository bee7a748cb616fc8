import type { NextConfig } from "next";
import { PHASE_PRODUCTION_BUILD } from "next/constants";
import { BASE_PATH_PLACEHOLDER } from "./lib/api/basePath.ts";

/**
 * Next knows a base path only when it builds. We build with a placeholder, which cli/relocate.ts replaces at start; the
 * development server builds as it goes and takes what cli/serve.ts says.
 */
export default function config(phase: string): NextConfig {
  const basePath =
    phase === PHASE_PRODUCTION_BUILD ? BASE_PATH_PLACEHOLDER : (process.env["BUILT_FOR_BASE_PATH"] ?? "");
  return {
    basePath,
    // Inlined where lib/api/basePath.ts reads it.
    env: { BUILT_FOR_BASE_PATH: basePath },
    reactStrictMode: true,
    poweredByHeader: false,
    // Ours is in cli/compressed.ts: it also compresses what routes answer.
    compress: false,
    // For `npm run build:standalone`: takes two more seconds.
    ...(process.env["BUILD_STANDALONE"] === "true" ? { output: "standalone" as const } : {}),
    images: { unoptimized: true },
    outputFileTracingExcludes: { "*": ["node_modules/sharp/**", "node_modules/@img/**"] },
    // Loaded from node_modules, not bundled: they read files, load plugins or keep one instance a process.
    serverExternalPackages: ["@kubernetes/client-node", "undici", "pino", "prom-client"],
  };
}
