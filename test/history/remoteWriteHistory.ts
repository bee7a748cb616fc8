/**
 * History for large meshes: remote write into a running Prometheus (--web.enable-remote-write-receiver).
 * Series by series, so that labels, which are nearly all of the bytes, travel once for many samples.
 * @see https://prometheus.io/docs/specs/prw/remote_write_spec/
 */
import { PbfWriter } from "pbf";
import { compress } from "snappyjs";
import type { History } from "./history.ts";

/**
 * Prometheus refuses samples more than half a block (an hour) behind its newest one. Going series by series goes back
 * in time once a slice, so a slice is shorter.
 */
const SLICE_SECONDS = 1_800;
const SERIES_PER_REQUEST = 2_000;

type Series = {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly times: number[];
  readonly values: number[];
};

/** Writes the history; rejects with what the server said when it refuses. */
export async function remoteWriteHistory(url: string, { times, samplesAt }: History): Promise<void> {
  for (const slice of slicesOf(times)) {
    const series = new Map<string, Series>();
    for (const at of slice) {
      for await (const { metric, labels, value } of samplesAt(at)) {
        const key = [metric, ...Object.keys(labels), ...Object.values(labels)].join("\u0000");
        let entry = series.get(key);
        if (entry === undefined) series.set(key, (entry = { metric, labels, times: [], values: [] }));
        entry.times.push(at);
        entry.values.push(value);
      }
    }
    const all = [...series.values()];
    for (let start = 0; start < all.length; start += SERIES_PER_REQUEST) {
      await post(url, encodeWriteRequest(all.slice(start, start + SERIES_PER_REQUEST)));
    }
  }
}

function slicesOf(times: readonly number[]): number[][] {
  const slices: number[][] = [];
  let start = Number.NEGATIVE_INFINITY;
  for (const at of times) {
    if (at - start >= SLICE_SECONDS) {
      slices.push([]);
      start = at;
    }
    slices.at(-1)?.push(at);
  }
  return slices;
}

/** prometheus.WriteRequest of remote write 1.0, as protocol buffer. */
export function encodeWriteRequest(series: readonly Series[]): Uint8Array {
  const writer = new PbfWriter();
  for (const one of series) writer.writeMessage(1, writeSeries, one);
  return writer.finish();
}

function writeSeries({ metric, labels, times, values }: Series, writer: PbfWriter): void {
  const pairs: [string, string][] = [["__name__", metric], ...Object.entries(labels).filter(([, text]) => text !== "")];
  pairs.sort(([left], [right]) => (left < right ? -1 : 1));
  for (const pair of pairs) writer.writeMessage(1, writeLabel, pair);
  times.forEach((at, index) => {
    writer.writeMessage(2, writeSample, { milliseconds: Math.round(at * 1_000), value: values[index] ?? 0 });
  });
}

function writeLabel([name, text]: [string, string], writer: PbfWriter): void {
  writer.writeStringField(1, name);
  writer.writeStringField(2, text);
}

function writeSample({ milliseconds, value }: { milliseconds: number; value: number }, writer: PbfWriter): void {
  writer.writeDoubleField(1, value);
  writer.writeVarintField(2, milliseconds);
}

async function post(url: string, body: Uint8Array): Promise<void> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: "POST",
    headers: {
      "content-encoding": "snappy",
      "content-type": "application/x-protobuf",
      "x-prometheus-remote-write-version": "0.1.0",
    },
    body: Buffer.from(compress(body)),
  });
  const said = await response.text();
  if (!response.ok) throw new Error(`Prometheus refused remote write (${response.status}): ${said.slice(0, 500)}`);
}
