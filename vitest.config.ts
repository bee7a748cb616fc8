import { defineConfig } from "vitest/config";

const ignored = ["**/node_modules/**", "**/.next/**", "e2e/**"];

/**
 * unit      pure and quick
 * contract  adapters against real components: Prometheus, API servers over HTTP
 * shared    what needs the corpora beside the checkout; run by CI only
 */
export default defineConfig({
  oxc: { jsx: { runtime: "automatic" } },
  test: {
    // CI adds up the JSON reports (.ci/count.mjs).
    reporters: process.env.CI ? ["default", "json"] : ["default"],
    outputFile: { json: `.cache/results/vitest-${process.env.MESHSCOPE_RESULTS ?? "check"}.json` },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/*.test.ts", "**/*.test.tsx"],
          exclude: [...ignored, "**/*.contract.test.ts", "**/*.shared.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "contract",
          include: ["**/*.contract.test.ts"],
          exclude: ignored,
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: { name: "shared", include: ["**/*.shared.test.ts"], exclude: ignored, testTimeout: 120_000 },
      },
    ],
  },
});
