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
    const series = new SeriesOfSlice();
    for (const at of slice) {
      for await (const { metric, labels, value } of samplesAt(at)) {
        const { times, values } = series.find(metric, labels);
        times.push(at);
        values.push(value);
      }
    }
    const { all } = series;
    for (let start = 0; start < all.length; start += SERIES_PER_REQUEST) {
      await post(url, encodeWriteRequest(all.slice(start, start + SERIES_PER_REQUEST)));
    }
  }
}

/** The series of a slice, found by their labels; quickly so where samples of one series share one labels object. */
class SeriesOfSlice {
  readonly all: Series[] = [];
  readonly #byText = new Map<string, Series>();
  readonly #byObject = new Map<string, WeakMap<Series["labels"], Series>>();

  find(metric: string, labels: Series["labels"]): Series {
    let byObject = this.#byObject.get(metric);
    if (byObject === undefined) this.#byObject.set(metric, (byObject = new WeakMap()));
    let found = byObject.get(labels);
    if (found !== undefined) return found;
    const text = [metric, ...Object.keys(labels), ...Object.values(labels)].join("\u0000");
    found = this.#byText.get(text);
    if (found === undefined) {
      found = { metric, labels, times: [], values: [] };
      this.all.push(found);
      this.#byText.set(text, found);
    }
    byObject.set(labels, found);
    return found;
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
  if (Number.isNaN(value)) writeStaleMarker(writer);
  else writer.writeDoubleField(1, value);
  writer.writeVarintField(2, milliseconds);
}

/** Field 1, the NaN with the bits that mean "gone": no number of ours would keep them. https://prometheus.io/docs/specs/prw/remote_write_spec/#stale-markers */
function writeStaleMarker(writer: PbfWriter): void {
  writer.writeTag(1, 1);
  writer.writeFixed32(0x00000002);
  writer.writeFixed32(0x7ff00000);
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
