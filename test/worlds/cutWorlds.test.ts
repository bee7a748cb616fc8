/**
 * Random worlds, cut for random viewers: nothing hidden is named, nothing visible is lost.
 *
 *   kept     visible ─▶ visible     as it was
 *            visible ─▶ hidden      the same sums
 *            hidden ─▶ visible
 *   gone     hidden ─▶ hidden
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutEdgeTable } from "#lib/domain/access/cutEdgeTable.ts";
import { type Sees, seesIn } from "#lib/domain/access/sees.ts";
import { EVERYTHING } from "#lib/domain/access/sight.ts";
import { serviceCells, workloadCells } from "#lib/domain/telemetry/edgeRows.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import { mergeReports } from "#lib/domain/telemetry/mergeReporters.ts";
import { sightOf } from "#test/builders/sights.ts";
import { arbitraryWorld } from "./arbitraryWorld.ts";
import { emitReports } from "./emitReports.ts";
import type { Traffic, Workload, World } from "./world.ts";

const CLUSTERS = ["primary", "west"];
const NAMESPACES = ["shop", "bank"];
const places = CLUSTERS.flatMap((cluster) => NAMESPACES.map((namespace) => ({ cluster, namespace })));

const arbitrarySight = fc.subarray(places).map((seen) => {
  const byCluster = Map.groupBy(seen, ({ cluster }) => cluster);
  return sightOf(
    Object.fromEntries(
      [...byCluster].map(([cluster, own]) => [
        cluster,
        Object.fromEntries(own.map(({ namespace }) => [namespace, "all" as const])),
      ]),
    ),
  );
});

/** The world with names that say whose they are: "workload-west-bank-db". */
function named({ traffic }: World): World {
  const own = (workload: Workload): Workload => ({
    ...workload,
    name: `workload-${workload.cluster}-${workload.namespace}-${workload.name}`,
  });
  const renamed = traffic.map(
    (flow): Traffic => ({
      ...flow,
      ...(flow.caller && { caller: own(flow.caller) }),
      ...(flow.target && { target: own(flow.target) }),
      service:
        flow.service.namespace === ""
          ? flow.service
          : { ...flow.service, name: `service-${flow.service.namespace}-${flow.service.name}` },
    }),
  );
  return { traffic: renamed, gaps: new Map() };
}

type Row = {
  readonly caller: string;
  readonly server: string;
  readonly service: string;
  readonly protocol: number;
  readonly figure: number;
};

/** Requests and bytes of each edge, with its ends as a viewer may know them. */
function rowsOf(table: EdgeTable, sees: Sees): Row[] {
  const workloads = workloadCells(table);
  const services = serviceCells(table);
  return table.edges.source.map((source, edge) => {
    const target = table.edges.target[edge] ?? 0;
    const service = services[table.edges.service[edge] ?? 0];
    const end = (row: number, behind = "") => {
      const cell = workloads[row];
      if (row === table.withheld?.workload) return "hidden";
      const namespace = cell?.namespace || behind;
      if (namespace === "") return `nobody ${cell?.name}`;
      const cluster = cell?.cluster || service?.cluster || "";
      return sees(cluster, namespace) ? `${cluster} ${namespace} ${cell?.name}` : "hidden";
    };
    const sum = (edges: readonly number[], figures: readonly number[]) =>
      figures.reduce((total, figure, row) => (edges[row] === edge ? total + figure : total), 0);
    return {
      caller: end(source),
      server: end(target, service?.namespace),
      service: service?.host ?? "",
      protocol: table.edges.protocol[edge] ?? 0,
      figure:
        sum(table.responses.edge, table.responses.perSecond) +
        sum(table.tcp.edge, table.tcp.sentBytesPerSecond) +
        sum(table.security.edge, table.security.reported),
    };
  });
}

function totals(rows: readonly Row[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { caller, server, service, protocol, figure } of rows) {
    const isCalled = caller !== "hidden" || server !== "hidden";
    if (!isCalled || (isNobody(caller) && isNobody(server))) continue;
    if ((caller === "hidden" && isNobody(server)) || (isNobody(caller) && server === "hidden")) continue;
    const host = caller === "hidden" && isNobody(server) ? "" : service;
    const key = `${caller} > ${server} (${host}) ${protocol}`;
    sums.set(key, (sums.get(key) ?? 0) + figure);
  }
  return sums;
}

function isNobody(end: string): boolean {
  return end.startsWith("nobody");
}

describe("random worlds, cut for random viewers", () => {
  it("name nothing that is hidden but the hosts that visible callers call", () => {
    fc.assert(
      fc.property(arbitraryWorld, arbitrarySight, (world, sight) => {
        const { table } = mergeReports(emitReports(named(world)));
        const sees = seesIn(sight, CLUSTERS);
        const cut = cutEdgeTable(table, sees).table;
        const called = new Set(
          named(world).traffic.flatMap(({ caller, service }) =>
            caller !== undefined && sees(caller.cluster, caller.namespace)
              ? [`${service.name}.${service.namespace}.svc.cluster.local`]
              : [],
          ),
        );
        const texts = cut.strings.filter((text) => !called.has(text));
        for (const { cluster, namespace } of places.filter((place) => !sees(place.cluster, place.namespace))) {
          expect(texts.filter((text) => text.includes(`workload-${cluster}-${namespace}-`))).toEqual([]);
        }
        for (const namespace of NAMESPACES.filter((name) => CLUSTERS.every((cluster) => !sees(cluster, name)))) {
          expect(texts.filter((text) => text.includes(namespace))).toEqual([]);
        }
        for (const cluster of CLUSTERS.filter((name) => NAMESPACES.every((namespace) => !sees(name, namespace)))) {
          expect(texts.filter((text) => text.includes(cluster))).toEqual([]);
        }
      }),
      { seed: 2026, numRuns: 1000 },
    );
  }, 60_000);

  it("keep the figures of all that touches something visible", () => {
    fc.assert(
      fc.property(arbitraryWorld, arbitrarySight, (world, sight) => {
        const { table } = mergeReports(emitReports(named(world)));
        const sees = seesIn(sight, CLUSTERS);
        const before = totals(rowsOf(table, sees));
        const after = totals(rowsOf(cutEdgeTable(table, sees).table, sees));
        expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
        for (const [key, figure] of before) expect(after.get(key)).toBeCloseTo(figure, 4);
      }),
      { seed: 2027, numRuns: 1000 },
    );
  }, 60_000);

  it("are the same table for who sees everything", () => {
    fc.assert(
      fc.property(arbitraryWorld, (world) => {
        const { table } = mergeReports(emitReports(world));
        for (const sees of [
          seesIn(EVERYTHING, CLUSTERS),
          seesIn(sightOf({ primary: { "*": "all" }, west: { "*": "all" } }), CLUSTERS),
        ])
          expect(cutEdgeTable(table, sees).table).toBe(table);
      }),
      { seed: 2028, numRuns: 200 },
    );
  }, 60_000);
});
