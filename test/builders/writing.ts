/** Routes that write, as a page of ours calls them: a viewer, a running instance and what the socket knows. */
import { CSRF_HEADER } from "#lib/api/session.ts";
import { EVERYTHING, type Sight } from "#lib/domain/access/sight.ts";
import type { ClusterSource } from "#lib/ports.ts";
import { ANONYMOUS } from "#lib/server/access/accessControl.ts";
import { createAccess } from "#lib/server/access/createAccess.ts";
import type { Viewer } from "#lib/server/access/viewer.ts";
import { Limits } from "#lib/server/limits.ts";
import { createLog } from "#lib/server/log.ts";
import { inRequest } from "#lib/server/requestContext.ts";
import { keepRuntime, type Runtime } from "#lib/server/running.ts";
import { createSelfMetrics } from "#lib/server/selfMetrics.ts";
import { loadSettings } from "#lib/server/settings.ts";
import { TelemetryReader } from "#lib/server/telemetryReader.ts";
import { createAudit } from "#lib/server/write/audit.ts";
import { demoAtRest } from "./demo.ts";

export type AuditLine = Readonly<Record<string, unknown>>;

export type WritingWorld = {
  /** Who asks next. */
  viewer: Viewer;
  /** What they see. */
  sight: Sight;
  /** The other end of their connection. */
  peer: string;
  headers: Readonly<Record<string, string>>;
  readonly lines: readonly AuditLine[];
  /** Calls a route; a body makes it a POST. */
  ask(route: (request: Request) => Promise<Response>, path: string, body?: unknown): Promise<Response>;
  close(): void;
};

/** A running instance over these clusters, in which writing is on unless said otherwise. */
export function writingWorld(
  clusters: readonly ClusterSource[],
  environment: Readonly<Record<string, string>> = {},
  writing: Runtime["writing"] = "enabled",
): WritingWorld {
  const settings = loadSettings(environment);
  const log = createLog("fatal");
  const { clock, mesh } = demoAtRest();
  const kubernetes = { sightOf: async () => EVERYTHING };
  const { forgery, login } = createAccess({ settings, kubernetes, clock, log });
  const lines: AuditLine[] = [];
  const world: WritingWorld = {
    viewer: ANONYMOUS,
    sight: EVERYTHING,
    peer: "127.0.0.1",
    headers: {},
    lines,
    ask(route, path, body) {
      const headers = {
        host: "localhost",
        origin: "http://localhost",
        [CSRF_HEADER]: forgery.proofFor(world.viewer),
        ...world.headers,
        ...(body !== undefined && { "content-type": "application/json" }),
      };
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const request = new Request(`http://localhost${path}`, {
        headers,
        ...(body !== undefined && { method: "POST", body: text }),
      });
      const context = {
        id: "request-1",
        peer: world.peer,
        network: world.peer,
        encrypted: false,
        passedOn: false,
        repeatedHeaders: [],
      };
      return inRequest(context, () => route(request));
    },
    close: () => keepRuntime(undefined),
  };
  const parts: Partial<Runtime> = {
    settings,
    clock,
    log,
    clusters,
    forgery,
    login,
    writing,
    access: { viewerOf: async () => world.viewer, sightOf: async () => world.sight },
    audit: createAudit({ write: (line) => void lines.push(JSON.parse(line) as AuditLine) }),
    telemetry: new TelemetryReader({ source: mesh.telemetry, clock, stepSeconds: 15, random: () => 0 }),
    metrics: createSelfMetrics(() => 0),
    limits: new Limits({ requestsPerMinute: 1_000, concurrentRequests: 100 }, () => {}),
  };
  // Only what these routes read.
  keepRuntime(parts as Runtime);
  return world;
}
