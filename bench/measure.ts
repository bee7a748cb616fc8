/** What benchmarks of readings measure with: time, and what Prometheus is asked and answers. */
import type { HttpTransport } from "#lib/adapters/httpTransport.ts";
import { createUrlTransport } from "#lib/adapters/prometheus/urlTransport.ts";

/** Milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export function median(values: readonly number[]): number {
  return [...values].sort((left, right) => left - right)[values.length >> 1] ?? 0;
}

export function kilobytes(count: number): string {
  return `${(count / 1000).toFixed(0)} kB`;
}

/** A way to a Prometheus; `take` says how many instant queries went there, and how long their answers were, since asked last. */
export function countingTransport(url: string): {
  readonly transport: HttpTransport;
  readonly take: () => { readonly queries: number; readonly bytes: number };
} {
  const plain = createUrlTransport({ source: "prometheus", url });
  let [queries, bytes] = [0, 0];
  const transport: HttpTransport = {
    ...plain,
    async request(request) {
      const response = await plain.request(request);
      if (request.path !== "/api/v1/query") return response;
      const text = await response.text();
      queries += 1;
      bytes += Buffer.byteLength(text);
      return { ...response, text: () => Promise.resolve(text) };
    },
  };
  const take = () => {
    const taken = { queries, bytes };
    [queries, bytes] = [0, 0];
    return taken;
  };
  return { transport, take };
}
