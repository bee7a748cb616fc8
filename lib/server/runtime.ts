/**
 * The one place that picks adapters, and the one instance of everything that lives as long as the process.
 * instrumentation.ts starts it; routes reach it through running.ts.
 */
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createDemoMesh } from "#lib/adapters/demo/demoMesh.ts";
import { demoMetricsText } from "#lib/adapters/demo/metricsText.ts";
import type { HttpTransport } from "#lib/adapters/httpTransport.ts";
import { createKubeTransport } from "#lib/adapters/kubernetes/kubeTransport.ts";
import { type LoadedManifests, loadManifests } from "#lib/adapters/manifests/loadManifests.ts";
import type { PrometheusService } from "#lib/adapters/prometheus/discover.ts";
import { createPrometheusTelemetry } from "#lib/adapters/prometheus/prometheusTelemetry.ts";
import { createUrlTransport, type UrlTransportSettings } from "#lib/adapters/prometheus/urlTransport.ts";
import { EVERYTHING } from "#lib/domain/access/sight.ts";
import type { Clock, TelemetrySource } from "#lib/ports.ts";
import { createAccess, type KubernetesSide } from "./access/createAccess.ts";
import { createKubernetesAccess } from "./access/kubernetesAccess.ts";
import { ClusterSet } from "./clusterSet.ts";
import { discoveredTelemetry } from "./discoveredTelemetry.ts";
import { EventHub } from "./eventHub.ts";
import { Limits } from "./limits.ts";
import { liveClusters } from "./liveClusters.ts";
import { createLog, type Log } from "./log.ts";
import { keepRuntime, type Runtime, runningRuntime } from "./running.ts";
import { createSelfMetrics } from "./selfMetrics.ts";
import { loadSettings, type NamedUrl, type Settings } from "./settings.ts";
import { SharedCalls } from "./sharedCalls.ts";
import { TelemetryReader } from "./telemetryReader.ts";
import { unitedTelemetry } from "./unitedTelemetry.ts";
import { createAudit } from "./write/audit.ts";

/** `writing`: whether it is on where settings do not say. */
type Sources = Pick<Runtime, "clock" | "demoMetrics" | "notices" | "writing"> & {
  readonly telemetry: TelemetrySource;
  readonly clusters: ClusterSet;
  close(): Promise<void>;
};

const systemClock: Clock = { nowSeconds: () => Date.now() / 1000 };

/** Starts sources and keeps the instance; a second call gives the first one's. Never waits for a source to answer. */
export async function startRuntime(environment: NodeJS.ProcessEnv): Promise<Runtime> {
  const running = runningRuntime();
  if (running !== undefined) return running;
  const settings = loadSettings(environment);
  const log = createLog(settings.LOG_LEVEL);
  const sources = settings.DEMO ? await demoSources(settings) : liveSources(settings, log);
  const instance = assemble(settings, log, sources);
  keepRuntime(instance);
  return instance;
}

function assemble(settings: Settings, log: Log, sources: Sources): Runtime {
  const events = new EventHub();
  const metrics = createSelfMetrics(() => events.listenerCount);
  const stopping = new AbortController();
  const stepSeconds = settings.REFRESH_SECONDS;
  const { clock, clusters } = sources;
  const who = createAccess({ settings, kubernetes: kubernetesSide(settings, clusters, log), clock: systemClock, log });
  const unsubscribe = clusters.onChange((cluster, version) => {
    events.publish({ type: "configuration", cluster, version });
  });
  clusters.start();
  const ticker = setInterval(() => {
    events.publish({ type: "telemetry", atSeconds: clock.nowSeconds() });
  }, stepSeconds * 1000);
  ticker.unref();

  return {
    settings,
    clock,
    log,
    telemetry: new TelemetryReader({ source: sources.telemetry, clock, stepSeconds, random: Math.random }),
    get clusters() {
      return clusters.sources;
    },
    get clusterSearch() {
      return clusters.findStatus;
    },
    access: who.access,
    login: who.login,
    forgery: who.forgery,
    writing: settings.WRITE ?? sources.writing,
    audit: createAudit(),
    events,
    metrics,
    limits: new Limits(
      {
        requestsPerMinute: settings.REQUESTS_PER_MINUTE,
        concurrentRequests: settings.CONCURRENT_REQUESTS,
      },
      (reason) => metrics.refused.inc({ reason }),
    ),
    stepSeconds,
    notices: [...sources.notices, ...who.notices],
    ...(sources.demoMetrics === undefined ? {} : { demoMetrics: sources.demoMetrics }),
    stopping: stopping.signal,
    async close() {
      stopping.abort();
      clearInterval(ticker);
      unsubscribe();
      await sources.close();
      keepRuntime(undefined);
    },
  };
}

/** Where there is no Kubernetes to ask, everybody who got in sees everything. */
function kubernetesSide(settings: Settings, clusters: ClusterSet, log: Log): KubernetesSide {
  if (settings.DEMO) return { sightOf: async () => EVERYTHING };
  return createKubernetesAccess({
    clusters: () => clusters.sources,
    clock: systemClock,
    namespaces: settings.NAMESPACES,
    warn: (cluster, { message, hint }) => log.warn({ cluster, hint }, `Cannot ask what a viewer may see: ${message}`),
  });
}

async function demoSources(settings: Settings): Promise<Sources> {
  const frozenSeconds = settings.DEMO_TIME === undefined ? undefined : Date.parse(settings.DEMO_TIME) / 1000;
  const clock = frozenSeconds === undefined ? systemClock : { nowSeconds: () => frozenSeconds };
  const manifests = settings.DEMO_MANIFESTS === undefined ? undefined : await loadManifests(settings.DEMO_MANIFESTS);
  const mesh = createDemoMesh({
    seed: settings.DEMO_SEED,
    clock,
    ...(settings.DEMO_SCALE === undefined ? {} : { scale: settings.DEMO_SCALE }),
    objects: manifests?.objects.map(({ object }) => object) ?? [],
  });
  // A text has megabytes: scrapers that come together share one.
  const texts = new SharedCalls<string | undefined>();
  return {
    clock,
    // Of a simulated mesh nothing is lost.
    writing: "enabled",
    telemetry: mesh.telemetry,
    clusters: new ClusterSet({ fixed: mesh.clusters, findEveryMs: 0, nowSeconds: () => clock.nowSeconds() }),
    notices: manifests === undefined ? [] : manifestNotices(manifests),
    demoMetrics: (pod, signal) =>
      texts.join(JSON.stringify(pod ?? null), () => demoMetricsText(mesh, clock.nowSeconds(), pod), signal),
    close: () => mesh.close(),
  };
}

function manifestNotices({ objects, refused }: LoadedManifests): string[] {
  const loaded = `Loaded ${objects.length} objects from manifests${refused.length === 0 ? "" : `, refused ${refused.length}:`}`;
  return [loaded, ...refused.map(({ file, line, message }) => `  ${file}:${line}: ${message}`)];
}

function liveSources(settings: Settings, log: Log): Sources {
  const { set, home } = liveClusters(settings, systemClock, log);
  const prometheus = {
    clock: systemClock,
    queryScope: settings.PROMETHEUS_QUERY_SCOPE ?? [],
    timeoutMs: settings.PROMETHEUS_TIMEOUT_SECONDS * 1000,
    useRules: settings.PROMETHEUS_RULES === "auto",
  };
  const connect = (transport: HttpTransport, foundBy: string) =>
    createPrometheusTelemetry({ ...prometheus, transport, foundBy });
  const proxyTransport = (service: PrometheusService) => createKubeTransport(home.client, service);
  const telemetry =
    settings.PROMETHEUS_URL === undefined
      ? discoveredTelemetry({ cluster: home.source, proxyTransport, connect })
      : addressedTelemetry(settings, settings.PROMETHEUS_URL, connect);
  return {
    clock: systemClock,
    writing: "off",
    telemetry,
    clusters: set,
    notices: [],
    async close() {
      await telemetry.close();
      await set.close();
    },
  };
}

/** One server, or several as one; all with the same credentials. */
function addressedTelemetry(
  settings: Settings,
  addresses: readonly NamedUrl[],
  connect: (transport: HttpTransport, foundBy: string) => TelemetrySource,
): TelemetrySource {
  const members = addresses.map(({ name, url }) => {
    const transport = createUrlTransport(prometheusAddress(settings, url));
    const source = connect(transport, "setting MESHSCOPE_PROMETHEUS_URL");
    return { title: name ?? transport.target, source, ...(name === undefined ? {} : { cluster: name }) };
  });
  const [only] = members;
  return only !== undefined && members.length === 1 && only.cluster === undefined
    ? only.source
    : unitedTelemetry(members, { clock: systemClock, random: Math.random });
}

function prometheusAddress(settings: Settings, url: string): UrlTransportSettings {
  const { PROMETHEUS_TOKEN: token, PROMETHEUS_TOKEN_FILE: tokenFile, PROMETHEUS_CA_FILE: caFile } = settings;
  const { PROMETHEUS_USERNAME: username, PROMETHEUS_PASSWORD: password, PROMETHEUS_HEADERS: headers } = settings;
  const bearer = tokenFile === undefined ? token : async () => (await readFile(tokenFile, "utf8")).trim();
  return {
    source: "prometheus",
    url,
    ...(bearer === undefined ? {} : { auth: { kind: "bearer", token: bearer } }),
    ...(username === undefined || password === undefined ? {} : { auth: { kind: "basic", username, password } }),
    ...(caFile === undefined ? {} : { certificateAuthority: readFileSync(caFile, "utf8") }),
    ...(headers === undefined ? {} : { headers }),
  };
}
