/** The Prometheus adapter on a fake server, both gone when the test ends. */
import { onTestFinished } from "vitest";
import { createPrometheusTelemetry, type PrometheusSettings } from "#lib/adapters/prometheus/prometheusTelemetry.ts";
import { createUrlTransport, type UrlTransportSettings } from "#lib/adapters/prometheus/urlTransport.ts";
import type { TelemetrySource } from "#lib/ports.ts";
import {
  emptyServer,
  type FakeAnswer,
  type FakePrometheus,
  type SeenRequest,
  startFakePrometheus,
  vector,
} from "./fakePrometheus.ts";

/** The adapter's clock. */
export const NOW = 1_700_000_000;

type Answering = (request: SeenRequest) => FakeAnswer | Promise<FakeAnswer>;

/** A fake server for the running test. */
export async function fakeServer(answer: Answering): Promise<FakePrometheus> {
  const server = await startFakePrometheus(answer);
  onTestFinished(() => server.close());
  return server;
}

/** A server that is empty but for its answers to instant queries. */
export function answeringQueries(answer: Answering): Promise<FakePrometheus> {
  return fakeServer((request) => (request.path === "/api/v1/query" ? answer(request) : emptyServer(request)));
}

/** The adapter on a server, closed when the running test ends. It does not look for recorded rates unless told to. */
export function telemetryOn(
  { url }: { readonly url: string },
  {
    transport,
    ...settings
  }: Partial<Omit<PrometheusSettings, "transport">> & { readonly transport?: Partial<UrlTransportSettings> } = {},
): TelemetrySource {
  const source = createPrometheusTelemetry({
    transport: createUrlTransport({ source: "prometheus", url, ...transport }),
    foundBy: "the test",
    timeoutMs: 5_000,
    useRules: false,
    clock: { nowSeconds: () => NOW },
    ...settings,
  });
  onTestFinished(() => source.close());
  return source;
}

/** Answers given in turn, the last one for ever. */
export function inTurn(...answers: readonly FakeAnswer[]): () => FakeAnswer {
  let next = 0;
  return () => answers[Math.min(next++, answers.length - 1)] ?? vector();
}

/** The instant queries a server has seen. */
export function queriesOf(server: FakePrometheus): string[] {
  return server.requests
    .filter(({ path }) => path === "/api/v1/query")
    .map(({ parameters }) => parameters.get("query") ?? "");
}
