/** A Chromium for the browser tests; installs Debian's package once where that is possible. */
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";
import { installDebianPackage, onPath } from "./commands.ts";

const COMMANDS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Path of an executable. Throws an Error that says what to install when there is no way to get one. */
export function findChromium(): string {
  const found = lookup() ?? (installDebianPackage("chromium", "chromium") ? lookup() : undefined);
  if (found !== undefined) return found;
  throw new Error(
    "There is no Chromium: not on the PATH, not among Playwright's browsers, and it cannot be installed without root and apt-get. " +
      'Run "npx playwright install chromium", or install your system\'s chromium package.',
  );
}

function lookup(): string | undefined {
  const own = chromium.executablePath();
  return COMMANDS.map(onPath).find((path) => path !== undefined) ?? (existsSync(own) ? own : undefined);
}
