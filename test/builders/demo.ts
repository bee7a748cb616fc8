/** A demo mesh on a clock that stands still until a test moves it, and sums over what it reports. */
import { createDemoMesh, type DemoMesh, type DemoMeshOptions } from "#lib/adapters/demo/demoMesh.ts";
import { buildMeshNodes } from "#lib/domain/mesh/buildMeshNodes.ts";
import type { MeshNodes } from "#lib/domain/mesh/meshNodes.ts";
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import type { RateReport, RequestReport, TcpReport } from "#lib/domain/telemetry/reports.ts";

/** 2026-11-21 12:00:00 UTC: within a run of the scheduled job, which takes the first 3 of every 10 minutes. */
export const NOON = 1_795_262_400;

export const never = new AbortController().signal;

export type DemoAtRest = {
  readonly mesh: DemoMesh;
  readonly clock: { readonly nowSeconds: () => number; readonly advance: (seconds: number) => void };
  /** Rates that end now (or at a moment), over a minute unless told. */
  readonly rates: (atSeconds?: number, windowSeconds?: number) => Promise<RateReport>;
};

export function demoAtRest(options: Partial<DemoMeshOptions> & { readonly nowSeconds?: number } = {}): DemoAtRest {
  const { nowSeconds = NOON, ...rest } = options;
  let now = nowSeconds;
  const clock = {
    nowSeconds: () => now,
    advance: (seconds: number) => {
      now += seconds;
    },
  };
  const mesh = createDemoMesh({ seed: 1, clock, ...rest });
  return {
    mesh,
    clock,
    rates: (atSeconds = now, windowSeconds = 60) => mesh.telemetry.readRates({ atSeconds, windowSeconds }, never),
  };
}

/** Requests a second of the rows that have all of these values. */
export function requestRate(report: RateReport, wanted: Partial<RequestReport>): number {
  return sum(report.requests, wanted);
}

/** Bytes or connections a second of the rows that have all of these values. */
export function tcpRate(report: RateReport, wanted: Partial<TcpReport>): number {
  return sum(report.tcp, wanted);
}

function sum<T extends { readonly perSecond: number }>(rows: readonly T[], wanted: Partial<T>): number {
  const keys = Object.keys(wanted) as (keyof T)[];
  return rows
    .filter((row) => keys.every((key) => row[key] === wanted[key]))
    .reduce((total, row) => total + row.perSecond, 0);
}

/** What the configuration of all clusters knows of the things on the map. */
export function demoNodes({ clusters }: DemoMesh): MeshNodes {
  const parts = clusters.map((source) => buildMeshNodes(source.cluster, source.snapshot().index));
  return {
    namespaces: parts.flatMap(({ namespaces }) => namespaces),
    workloads: parts.flatMap(({ workloads }) => workloads),
    services: parts.flatMap(({ services }) => services),
  };
}

/** An object of the demo cluster with another spec. Throws where there is no such object. */
export function withSpec(mesh: DemoMesh, ref: Parameters<typeof demoObject>[1], spec: unknown): MeshObject {
  return { ...demoObject(mesh, ref), spec };
}

export function demoObject(
  mesh: DemoMesh,
  ref: { readonly group: string; readonly kind: string; readonly namespace: string; readonly name: string },
): MeshObject {
  const found = mesh.cluster.snapshot().index.get(ref);
  if (found === undefined) throw new Error(`The demo has no ${ref.kind} ${ref.namespace}/${ref.name}`);
  return found;
}
