/** Cycle breaking: which edges must point backwards so that the rest has no cycle. */

export type WeightedEdge = { readonly source: number; readonly target: number; readonly weight: number };

/**
 * Marks the edges that run against the order, by the greedy heuristic of Eades, Lin and Smyth (1993): peel off sinks to the
 * end and sources to the front; where only cycles are left, take the vertex that sends most and receives least. Sending counts sinks already
 * peeled: an ingress gateway that calls many leaves comes before one of them that calls back.
 */
export function backwardEdges(count: number, edges: readonly WeightedEdge[]): boolean[] {
  const out = new Float64Array(count);
  const sent = new Float64Array(count);
  const into = new Float64Array(count);
  const touching: number[][] = Array.from({ length: count }, () => []);
  for (const [index, edge] of edges.entries()) {
    if (edge.source === edge.target) continue;
    out[edge.source]! += edge.weight;
    sent[edge.source]! += edge.weight;
    into[edge.target]! += edge.weight;
    touching[edge.source]!.push(index);
    touching[edge.target]!.push(index);
  }
  const place = new Int32Array(count).fill(-1);
  const front: number[] = [];
  const back: number[] = [];
  const sinks: number[] = [];
  const sources: number[] = [];
  const classify = (vertex: number) => {
    if (out[vertex]! <= 0) sinks.push(vertex);
    else if (into[vertex]! <= 0) sources.push(vertex);
  };
  const take = (vertex: number, list: number[]) => {
    place[vertex] = 0;
    list.push(vertex);
    for (const index of touching[vertex]!) {
      const edge = edges[index]!;
      const other = edge.source === vertex ? edge.target : edge.source;
      if (place[other] !== -1) continue;
      if (edge.source === vertex) into[other]! -= edge.weight;
      else out[other]! -= edge.weight;
      classify(other);
    }
  };
  for (let vertex = 0; vertex < count; vertex++) classify(vertex);
  while (front.length + back.length < count) {
    const sink = sinks.pop();
    if (sink !== undefined) {
      if (place[sink] === -1) take(sink, back);
      continue;
    }
    const source = sources.pop();
    if (source !== undefined) {
      if (place[source] === -1) take(source, front);
      continue;
    }
    let best = -1;
    for (let vertex = 0; vertex < count; vertex++) {
      if (place[vertex] !== -1) continue;
      if (best < 0 || sent[vertex]! - into[vertex]! > sent[best]! - into[best]!) best = vertex;
    }
    take(best, front);
  }
  for (const [index, vertex] of [...front, ...back.reverse()].entries()) place[vertex] = index;
  return edges.map((edge) => edge.source !== edge.target && place[edge.source]! > place[edge.target]!);
}
