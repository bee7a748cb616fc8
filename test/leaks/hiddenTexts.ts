/** What a viewer must never read: names, labels, hosts and identities of what is hidden, unless something visible has the same. */
import { cutEdgeTable } from "#lib/domain/access/cutEdgeTable.ts";
import { seesIn } from "#lib/domain/access/sees.ts";
import type { Sight } from "#lib/domain/access/sight.ts";
import { seesObject } from "#lib/domain/access/viewOfIndex.ts";
import { MESH_KINDS } from "#lib/domain/mesh/meshKinds.ts";
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import { serviceCells, workloadCells } from "#lib/domain/telemetry/edgeRows.ts";
import type { EdgeTable } from "#lib/domain/telemetry/edgeTable.ts";
import type { ClusterSource } from "#lib/ports.ts";

export type HiddenTexts = {
  readonly all: ReadonlySet<string>;
  /** The hidden names that a text holds. Hosts that visible callers call do not count. */
  readonly in: (text: string) => string[];
};

/** Names that are also words of ours: in a sentence they tell nothing. */
const COMMON = [
  "waypoint",
  "default",
  "true",
  "false",
  "enabled",
  "stable",
  "canary",
  "latest",
  "none",
  "istio",
  "details",
  "service",
  "ztunnel",
];
const SHORTEST = 4;

/** `tables` are of the whole mesh, at every moment that is asked about. */
export function hiddenTexts(
  sight: Sight,
  clusters: readonly ClusterSource[],
  tables: readonly EdgeTable[],
): HiddenTexts {
  const names = clusters.map(({ cluster }) => cluster);
  const sees = seesIn(sight, names);
  const visible = new Set(COMMON);
  const hidden = new Set<string>();
  for (const source of clusters) {
    const { cluster, index } = source.snapshot();
    const isSeen = sight.clusters === "everything" || sight.clusters.has(cluster);
    (isSeen ? visible : hidden).add(cluster);
    for (const object of MESH_KINDS.flatMap(({ group, kind }) => index.list(`${group}/${kind}`))) {
      if (seesObject(sight, cluster, object)) addTexts(object, visible);
      else addTexts(namingPartsOf(object), hidden);
    }
  }
  const called: string[] = [];
  for (const table of tables) {
    for (const cell of [...workloadCells(table), ...serviceCells(table)]) {
      const isNobodys = cell.namespace === "" && !sees("", "");
      if (!isNobodys) addTexts(cell, sees(cell.cluster, cell.namespace) ? visible : hidden);
    }
    addTexts(table.strings.filter(isIdentity), hidden);
    // What a cut keeps has tests of its own (cutEdgeTable.test.ts, cutWorlds.test.ts): hosts called, identities of visible ends.
    const { strings, services } = cutEdgeTable(table, sees).table;
    addTexts(strings.filter(isIdentity), visible);
    called.push(...services.host.map((index) => strings[index] ?? "").filter((host) => host !== ""));
  }
  const all = new Set(
    [...hidden].filter((text) => text.length >= SHORTEST && !visible.has(text) && !called.includes(text)),
  );
  return { all, in: finder([...all], called) };
}

function finder(hidden: readonly string[], called: readonly string[]): HiddenTexts["in"] {
  if (hidden.length === 0) return () => [];
  const anyOf = (texts: readonly string[]) =>
    `(?<![\\w-])(?:${texts
      .toSorted((left, right) => right.length - left.length)
      .map(escaped)
      .join("|")})(?![\\w-])`;
  const names = new RegExp(anyOf(hidden), "g");
  const hosts = new RegExp(called.length === 0 ? "(?!)" : anyOf(called), "g");
  return (text) => [...new Set(decoded(text).replaceAll(hosts, "▒").match(names))];
}

function escaped(text: string): string {
  return text.replaceAll(/[^\w-]/g, "\\$&");
}

/** Ids are percent-encoded, also in the addresses that answers send to. */
function decoded(text: string): string {
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (escaped) => {
    try {
      return decodeURIComponent(escaped);
    } catch {
      return escaped;
    }
  });
}

function isIdentity(text: string): boolean {
  return text.startsWith("spiffe:");
}

/** Everything that a person would recognise an object by, and the hosts it speaks of. */
function namingPartsOf({ metadata, spec }: MeshObject): unknown {
  const { name, namespace, labels, annotations } = metadata;
  const { hosts, host, hostnames } = (spec ?? {}) as Readonly<Record<string, unknown>>;
  return [name, namespace, Object.values(labels), Object.values(annotations), hosts, host, hostnames];
}

/** Every text among the values of anything. */
function addTexts(value: unknown, into: Set<string>): void {
  if (typeof value === "string") into.add(value);
  else if (typeof value === "object" && value !== null) for (const part of Object.values(value)) addTexts(part, into);
}
