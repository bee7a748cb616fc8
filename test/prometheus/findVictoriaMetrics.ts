/** Where the VictoriaMetrics binary is; installs Debian's package once where that is possible. */
import { installDebianPackage, onPath } from "#test/commands.ts";

/** Path of a single-node VictoriaMetrics. Throws an Error that says what to install when there is no way to get it. */
export function findVictoriaMetrics(): string {
  const found = lookup() ?? (installDebianPackage("victoria-metrics", "victoria-metrics") ? lookup() : undefined);
  if (found !== undefined) return found;
  throw new Error(
    "victoria-metrics is not on the PATH, and cannot be installed without root and apt-get. " +
      'Install it: "apt-get install victoria-metrics", "brew install victoriametrics", or put a release of https://github.com/VictoriaMetrics/VictoriaMetrics/releases on the PATH.',
  );
}

/** Debian's name for it, then the name in VictoriaMetrics' own releases. */
function lookup(): string | undefined {
  return onPath("victoria-metrics") ?? onPath("victoria-metrics-prod");
}
