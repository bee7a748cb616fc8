/** Details, and series with something wrong about them, through real HTTP answers. */
import { expect, test } from "vitest";
import { DETAILS } from "#lib/domain/telemetry/reports.ts";
import { emptyServer, failure, success, vector } from "#test/prometheus/fakePrometheus.ts";
import { answeringQueries, fakeServer, NOW, queriesOf, telemetryOn } from "#test/prometheus/fakeTelemetry.ts";

const moment = { windowSeconds: 300, atSeconds: NOW };
const never = new AbortController().signal;

test("each detail asked for is one query, and none is sent for the others", async () => {
  const server = await fakeServer(emptyServer);
  const source = telemetryOn(server);
  await expect(source.readDetails({ ...moment, details: [] }, never)).resolves.toEqual({
    atSeconds: NOW,
    windowSeconds: 300,
    warnings: [],
    quality: [],
  });
  expect(queriesOf(server)).toEqual([]);
  await expect(source.readDetails({ ...moment, details: ["throughput"] }, never)).resolves.toMatchObject({
    throughput: [],
  });
  expect(queriesOf(server)).toHaveLength(1);
  await source.readDetails({ ...moment, details: DETAILS }, never);
  expect(queriesOf(server)).toHaveLength(4);
});

test("the query scope is in every selector of the details", async () => {
  const server = await fakeServer(emptyServer);
  const source = telemetryOn(server, { queryScope: [{ label: "mesh", operator: "=", value: "east" }] });
  await source.readDetails({ ...moment, details: DETAILS }, never);
  for (const query of queriesOf(server)) {
    expect(query.match(/mesh="east"/g)).toHaveLength(query.match(/istio_\w+\{/g)?.length ?? 0);
  }
});

test("messages are sent by clients and received from servers; bytes and operations say their protocol", async () => {
  const edge = { reporter: "destination", source_workload: "web", destination_workload: "cart" };
  const server = await answeringQueries(({ parameters }) => {
    const query = parameters.get("query") ?? "";
    if (query.includes("_messages_total"))
      return vector(
        { metric: { ...edge, measure: "sent" }, value: "3" },
        { metric: { ...edge, measure: "received" }, value: "5" },
      );
    if (query.includes("_bytes_sum"))
      return vector(
        { metric: { ...edge, measure: "requestBytes", request_protocol: "grpc" }, value: "100" },
        { metric: { ...edge, measure: "responseBytes", request_protocol: "http" }, value: "900" },
      );
    const result = { request_protocol: "http", request_operation: "Checkout", response_code: "503" };
    return vector({ metric: { ...edge, ...result, response_flags: "UO" }, value: "0.5" });
  });
  const report = await telemetryOn(server).readDetails({ ...moment, details: DETAILS }, never);
  expect(report.messages).toMatchObject([
    { sourceWorkload: "web", metric: "sent", perSecond: 3 },
    { metric: "received", perSecond: 5 },
  ]);
  expect(report.throughput).toMatchObject([
    { protocol: "grpc", metric: "requestBytes", perSecond: 100 },
    { protocol: "http", metric: "responseBytes", perSecond: 900 },
  ]);
  expect(report.operations).toMatchObject([
    { operation: "Checkout", responseCode: "503", responseFlags: "UO", perSecond: 0.5 },
  ]);
});

test("details a server cannot manage fail as a whole, in its words", async () => {
  const server = await answeringQueries(() => failure(422, "execution", "too many samples"));
  await expect(telemetryOn(server).readDetails({ ...moment, details: DETAILS }, never)).rejects.toMatchObject({
    kind: "rejected",
    message: expect.stringContaining("too many samples") as string,
  });
});

const LONG = `${"long".repeat(74)}name`;
const NAMES = [LONG, 'quo"ted', "two\nlines", "back\\slash", "🐙 café", "<img src=x onerror=alert(1)>", "\u0000"];

test("names of any length and any characters arrive as they are", async () => {
  const rows = NAMES.map((name) => ({
    metric: { reporter: "destination", source_workload: name, destination_workload: name, request_operation: name },
    value: "1",
  }));
  const server = await answeringQueries(() => vector(...rows));
  const source = telemetryOn(server);
  const { requests, quality } = await source.readRates(moment, never);
  expect(requests.slice(0, NAMES.length).map(({ sourceWorkload }) => sourceWorkload)).toEqual(NAMES);
  expect(quality).toMatchObject([{ problem: "bad-value", rows: NAMES.length }]); // as TCP rows they measure nothing
  const { operations } = await source.readDetails({ ...moment, details: ["operations"] }, never);
  expect(operations?.map(({ operation }) => operation)).toEqual(NAMES);
});

test("values that are no rate and rows of no known reporter are left out, counted by problem, and shown by example", async () => {
  const ends = {
    source_workload: '<b>"web"</b>',
    source_workload_namespace: "shop",
    destination_service: `${LONG}.shop`,
    destination_workload: "cart",
    destination_workload_namespace: "shop",
  };
  const row = (reporter: string | undefined, value: unknown) => ({
    metric: reporter === undefined ? ends : { ...ends, reporter },
    value: [NOW, value],
  });
  const bad = ["NaN", "+Inf", "-Inf", "-3", "1e300", null, 7, ""].map((value) => row("source", value));
  const strangers = [row("linkerd", "1"), row(undefined, "1"), { metric: null, value: [NOW, "1"] }];
  const server = await answeringQueries(({ parameters }) => {
    const isFirst = parameters.get("query")?.includes('reporter="source"') === true;
    const result = isFirst ? [...bad, ...strangers, row("source", "2")] : [];
    return success({ resultType: "vector", result });
  });
  const { requests, quality, warnings } = await telemetryOn(server).readRates(moment, never);
  expect(requests).toMatchObject([{ sourceWorkload: '<b>"web"</b>', perSecond: 2 }]);
  expect(warnings).toEqual([]);
  expect(quality).toMatchObject([
    { problem: "bad-value", rows: 9 },
    { problem: "no-reporter", rows: 2 },
  ]);
  const [badValue, noReporter] = quality;
  expect(badValue?.examples[0]).toMatch(/^value "NaN", reporter "source": shop\/<b>"web"<\/b> → long/);
  expect(badValue?.examples).toHaveLength(3);
  expect(noReporter?.examples[1]).toMatch(/^value "1", reporter "": shop/);
  for (const example of quality.flatMap(({ examples }) => examples)) expect([...example].length).toBeLessThan(201);
});

test("latency series that are no rate are told in a warning", async () => {
  const server = await answeringQueries(() =>
    vector({ metric: { reporter: "source", measure: "count" }, value: "NaN" }),
  );
  const { durations, warnings } = await telemetryOn(server).readLatency({ ...moment, namespaces: [] }, never);
  expect(durations).toEqual([]);
  expect(warnings).toMatchObject([{ code: "latency-series-left-out", message: expect.stringContaining("2 latency") }]);
});
