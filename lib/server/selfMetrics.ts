/** Our own metrics at /metrics: requests answered, sources asked, memory and event loop. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

export type SelfMetrics = {
  readonly registry: Registry;
  readonly requests: Counter<"route" | "status">;
  readonly requestSeconds: Histogram<"route">;
  readonly refused: Counter<"reason">;
};

/** `openStreams` is asked at each scrape. */
export function createSelfMetrics(openStreams: () => number): SelfMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "meshscope_" });
  const registers = [registry];
  new Gauge({
    name: "meshscope_event_streams",
    help: "Open pages that listen for changes",
    registers,
    collect() {
      this.set(openStreams());
    },
  });
  return {
    registry,
    requests: new Counter({
      name: "meshscope_http_requests_total",
      help: "API requests answered, by route and status",
      labelNames: ["route", "status"],
      registers,
    }),
    refused: new Counter({
      name: "meshscope_http_refused_total",
      help: "Requests refused: rate, concurrency, expensive, streams, busy (limits), body (too long), host, target, method, malformed, slow",
      labelNames: ["reason"],
      registers,
    }),
    requestSeconds: new Histogram({
      name: "meshscope_http_request_seconds",
      help: "Seconds from an API request to its answer",
      labelNames: ["route"],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
  };
}

/** Until when our own certificate is valid, in unix seconds; asked at each scrape. Only where there is one. */
export function exposeCertificateExpiry({ registry }: SelfMetrics, expirySeconds: () => number): void {
  new Gauge({
    name: "meshscope_tls_certificate_expiry_timestamp_seconds",
    help: "When the certificate that Meshscope serves with expires",
    registers: [registry],
    collect() {
      this.set(expirySeconds());
    },
  });
}
