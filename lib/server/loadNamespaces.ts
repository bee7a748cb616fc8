/** Namespaces with their health. Configuration answers even while telemetry does not: then by replicas and proxies. */
import { type NamespacesDocument, toNamespaces } from "#lib/api/namespaces.ts";
import { EdgeTableBuilder } from "#lib/domain/telemetry/edgeTableBuilder.ts";
import { isSourceError } from "#lib/ports.ts";
import { generalWarnings } from "./access/generalWords.ts";
import type { Viewer } from "./access/viewer.ts";
import { loadMesh } from "./loadMesh.ts";
import { loadReading, type ReadingSources } from "./loadReading.ts";

export async function loadNamespaces(
  running: ReadingSources,
  viewer: Viewer,
  moment: { readonly windowSeconds: number; readonly atSeconds?: number | undefined },
  signal: AbortSignal,
): Promise<NamespacesDocument> {
  try {
    const { reading } = await loadReading(running, viewer, { ...moment, details: [], labels: false }, signal);
    const { asOf, windowSeconds, warnings } = reading;
    return { asOf, windowSeconds, warnings, namespaces: toNamespaces(reading) };
  } catch (error) {
    if (!isSourceError(error)) throw error;
    const sight = await running.access.sightOf(viewer, signal);
    const message = `Health is that of replicas and proxies alone: ${error.message}`;
    const { windowSeconds } = moment;
    const edges = new EdgeTableBuilder().build();
    const health = running.settings.HEALTH_RATE;
    const { mesh } = await loadMesh(running.clusters, sight);
    return {
      warnings: [
        ...(sight.warnings ?? []),
        ...generalWarnings([{ code: "telemetry-unavailable", message, hint: error.hint }], sight),
      ],
      namespaces: toNamespaces({ edges, mesh, windowSeconds, health }),
    };
  }
}
