/**
 * Every time series the mesh's proxies expose, with its cumulative value at a moment: Istio's standard metrics
 * (https://istio.io/latest/docs/reference/config/metrics/), labelled as Istio's proxies, waypoints and ztunnels do.
 * Which series there are and how they are labelled is worked out once; a moment costs one pass over the flows.
 */
import { bucketShares, DURATION_BOUNDS, meanOf } from "./responseTime.ts";
import type { Flow, Stream } from "./streams.ts";
import type { Timeline } from "./timeline.ts";

export type DemoSeries = {
  /** As exposed: histograms with their suffix. */
  readonly metric: string;
  readonly type: "counter" | "histogram";
  readonly pod: string;
  readonly namespace: string;
  /** The pod's `app` label: tells ztunnels from sidecars. */
  readonly podApp: string;
  /** The same object at every moment. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

type Labels = DemoSeries["labels"];

/** What one pod counts of one stream, apart for each operation it names. */
type Slot = { readonly stream: Stream; readonly operation: string; readonly pod: string };

// Figures kept for a slot, in this order; the buckets follow.
const EVENTS = 0;
const REQUEST_BYTES = 1;
const RESPONSE_BYTES = 2;
const CONNECTIONS = 3;
const MILLISECONDS = 4;
const REQUEST_MESSAGES = 5;
const RESPONSE_MESSAGES = 6;
const BUCKETS = 7;
const WIDTH = BUCKETS + DURATION_BOUNDS.length;

type Registry = {
  readonly slots: Slot[];
  readonly places: Map<string, number>;
  readonly placesOfFlow: WeakMap<Flow, readonly number[]>;
  readonly labels: Map<string, { readonly plain: Labels; buckets?: readonly Labels[] }>;
};

const registries = new WeakMap<Timeline, Registry>();

/** Every series of every pod at a moment (unix seconds), in an order that later moments keep and add to. */
export function* demoSeries(mesh: { readonly timeline: Timeline }, atSeconds: number): Generator<DemoSeries> {
  const { timeline } = mesh;
  const registry = registryOf(timeline);
  const figures = countUntil(timeline, registry, atSeconds);
  for (const [place, slot] of registry.slots.entries()) {
    const at = place * WIDTH;
    if ((figures[at + EVENTS] ?? 0) === 0) continue;
    const { kind } = slot.stream;
    if (kind === "request") yield* requestSeries(registry, slot, figures, at);
    else if (kind === "messages") yield* messageSeries(registry, slot, figures, at);
    else yield* tcpSeries(registry, slot, figures, at);
  }
}

function countUntil(timeline: Timeline, registry: Registry, atSeconds: number): Float64Array {
  let figures = new Float64Array(registry.slots.length * WIDTH);
  const add = (at: number, value: number): void => {
    figures[at] = (figures[at] ?? 0) + value;
  };
  timeline.visit(timeline.epochSeconds, atSeconds, (flow, events) => {
    const places = placesOf(registry, flow);
    if (registry.slots.length * WIDTH > figures.length) {
      const larger = new Float64Array(registry.slots.length * WIDTH * 2);
      larger.set(figures);
      figures = larger;
    }
    const share = events / flow.pods.length;
    const buckets = flow.time && bucketShares(flow.time);
    for (const place of places) {
      const at = place * WIDTH;
      add(at + EVENTS, share);
      add(at + REQUEST_BYTES, share * flow.requestBytes);
      add(at + RESPONSE_BYTES, share * flow.responseBytes);
      add(at + CONNECTIONS, share * flow.connections);
      add(at + REQUEST_MESSAGES, share * flow.requestMessages);
      add(at + RESPONSE_MESSAGES, share * flow.responseMessages);
      if (flow.time === undefined || buckets === undefined) continue;
      add(at + MILLISECONDS, share * meanOf(flow.time));
      for (const [bucket, within] of buckets.entries()) add(at + BUCKETS + bucket, share * within);
    }
  });
  return figures;
}

function registryOf(timeline: Timeline): Registry {
  let registry = registries.get(timeline);
  if (registry === undefined) {
    registry = { slots: [], places: new Map(), placesOfFlow: new WeakMap(), labels: new Map() };
    registries.set(timeline, registry);
  }
  return registry;
}

function placesOf(registry: Registry, flow: Flow): readonly number[] {
  let places = registry.placesOfFlow.get(flow);
  if (places === undefined) {
    places = flow.pods.map((pod) => {
      const key = `${flow.stream.index} ${pod} ${flow.operation}`;
      let place = registry.places.get(key);
      if (place === undefined) {
        place = registry.slots.push({ stream: flow.stream, operation: flow.operation, pod }) - 1;
        registry.places.set(key, place);
      }
      return place;
    });
    registry.placesOfFlow.set(flow, places);
  }
  return places;
}

function* requestSeries(registry: Registry, slot: Slot, figures: Float64Array, at: number): Generator<DemoSeries> {
  const known = labelsOf(registry, slot);
  const labels = known.plain;
  const about = { pod: slot.pod, namespace: slot.stream.reporterNamespace, podApp: slot.stream.reporterApp };
  const figure = (place: number): number => figures[at + place] ?? 0;
  const events = figure(EVENTS);
  yield { metric: "istio_requests_total", type: "counter", ...about, labels, value: events };
  known.buckets ??= DURATION_BOUNDS.map((bound) => ({ ...labels, le: formatBound(bound) }));
  const duration = "istio_request_duration_milliseconds";
  for (const [bucket, withBound] of known.buckets.entries())
    yield {
      metric: `${duration}_bucket`,
      type: "histogram",
      ...about,
      labels: withBound,
      value: figure(BUCKETS + bucket),
    };
  const sums = [
    [duration, figure(MILLISECONDS)],
    ["istio_request_bytes", figure(REQUEST_BYTES)],
    ["istio_response_bytes", figure(RESPONSE_BYTES)],
  ] as const;
  for (const [name, sum] of sums) {
    yield { metric: `${name}_sum`, type: "histogram", ...about, labels, value: sum };
    yield { metric: `${name}_count`, type: "histogram", ...about, labels, value: events };
  }
  if (slot.stream.protocol === "grpc") yield* messageSeries(registry, slot, figures, at);
}

function* messageSeries(registry: Registry, slot: Slot, figures: Float64Array, at: number): Generator<DemoSeries> {
  const { plain: labels } = labelsOf(registry, slot);
  const about = { pod: slot.pod, namespace: slot.stream.reporterNamespace, podApp: slot.stream.reporterApp };
  const counters = {
    istio_request_messages_total: REQUEST_MESSAGES,
    istio_response_messages_total: RESPONSE_MESSAGES,
  };
  for (const [metric, place] of Object.entries(counters))
    yield { metric, type: "counter", ...about, labels, value: figures[at + place] ?? 0 };
}

function* tcpSeries(registry: Registry, slot: Slot, figures: Float64Array, at: number): Generator<DemoSeries> {
  const labels = labelsOf(registry, slot).plain;
  const about = { pod: slot.pod, namespace: slot.stream.reporterNamespace, podApp: slot.stream.reporterApp };
  const counters = {
    istio_tcp_sent_bytes_total: RESPONSE_BYTES,
    istio_tcp_received_bytes_total: REQUEST_BYTES,
    istio_tcp_connections_opened_total: CONNECTIONS,
    istio_tcp_connections_closed_total: CONNECTIONS,
  };
  for (const [metric, place] of Object.entries(counters))
    yield { metric, type: "counter", ...about, labels, value: figures[at + place] ?? 0 };
}

/** One object for all pods. */
function labelsOf(
  registry: Registry,
  { stream, operation }: Slot,
): { readonly plain: Labels; buckets?: readonly Labels[] } {
  const key = `${stream.index} ${operation}`;
  let known = registry.labels.get(key);
  if (known === undefined) {
    const named: Labels = operation === "" ? {} : { request_operation: operation };
    known = { plain: { ...istioLabels(stream), ...named } };
    registry.labels.set(key, known);
  }
  return known;
}

function istioLabels(stream: Stream): Labels {
  const { edge, peers } = stream;
  return {
    reporter: stream.reporter,
    source_workload: edge.sourceWorkload,
    source_workload_namespace: edge.sourceNamespace,
    source_principal: stream.sourcePrincipal,
    source_app: peers.sourceApp,
    source_version: peers.sourceVersion,
    source_cluster: edge.sourceCluster,
    source_canonical_service: edge.sourceApp,
    source_canonical_revision: edge.sourceVersion,
    destination_workload: edge.destinationWorkload,
    destination_workload_namespace: edge.destinationNamespace,
    destination_principal: stream.destinationPrincipal,
    destination_app: peers.destinationApp,
    destination_version: peers.destinationVersion,
    destination_service: edge.destinationService,
    destination_service_name: edge.destinationServiceName,
    destination_service_namespace: edge.destinationServiceNamespace,
    destination_cluster: edge.destinationCluster,
    destination_canonical_service: edge.destinationApp,
    destination_canonical_revision: edge.destinationVersion,
    request_protocol: stream.protocol,
    ...(stream.kind === "request" && { response_code: stream.responseCode }),
    ...(stream.kind === "request" && stream.protocol === "grpc" && { grpc_response_status: stream.grpcStatus }),
    ...(stream.kind !== "messages" && { response_flags: stream.responseFlags }),
    connection_security_policy: stream.securityPolicy,
  };
}

/** As Envoy writes it: "0.5", "1", "+Inf". */
function formatBound(bound: number): string {
  return bound === Number.POSITIVE_INFINITY ? "+Inf" : String(bound);
}
