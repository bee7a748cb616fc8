/** Where the Prometheus binaries are; installs Debian's package once where that is possible. */
import { installDebianPackage, onPath } from "#test/commands.ts";

export type PrometheusBinaries = { readonly prometheus: string; readonly promtool: string };

/** Paths of prometheus and promtool. Throws an Error that says what to install when there is no way to get them. */
export function findPrometheus(): PrometheusBinaries {
  const found = lookup() ?? (installDebianPackage("prometheus", "promtool") ? lookup() : undefined);
  if (found !== undefined) return found;
  throw new Error(
    "prometheus and promtool are not on the PATH, and cannot be installed without root and apt-get. " +
      'Install them: "apt-get install prometheus", "brew install prometheus", or unpack a release of https://prometheus.io/download/ and put it on the PATH.',
  );
}

function lookup(): PrometheusBinaries | undefined {
  const prometheus = onPath("prometheus");
  const promtool = onPath("promtool");
  return prometheus === undefined || promtool === undefined ? undefined : { prometheus, promtool };
}
