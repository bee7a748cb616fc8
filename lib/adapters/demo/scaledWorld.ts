/**
 * Synthetic meshes of any size, drawn from a seed and shaped like real ones:
 *
 *   gateway ─▶ web (6 %) ─▶ api (34 %) ─▶ svc (45 %) ─▶ db (15 %)
 *
 * Calls go down the tiers: mostly within a namespace, then to hubs that a few platform namespaces offer, then to two
 * namespaces next door, and now and then anywhere; a few go back up, so there are cycles. Namespaces are of very uneven
 * size. Some percent of the workloads fail, are slow, or run without a proxy.
 */
import type { Labels } from "#lib/domain/mesh/labels.ts";
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import type { Protocol } from "#lib/domain/telemetry/edgeTable.ts";
import { userLoad } from "./loadCurve.ts";
import {
  AMBIENT,
  destinationRule,
  GATEWAY_API,
  INJECTED,
  namespace,
  object,
  proxyWorkload,
  service,
  split,
  virtualService,
  workload,
} from "./objects.ts";
import { createRandom, type Random } from "./random.ts";
import { INGRESS, MAIN_GATEWAY, systemWorld, visit } from "./world/system.ts";
import { type Call, call, type Program, type Root, type World } from "./world.ts";

/** How many Services, calling pairs of Services and namespaces, istio-system and its three Services included. */
export type MeshScale = { readonly services: number; readonly edges: number; readonly namespaces: number };

const TIERS = ["web", "api", "svc", "db"] as const;
type Tier = (typeof TIERS)[number];
const TIER_SHARES: Readonly<Record<Tier, number>> = { web: 0.06, api: 0.34, svc: 0.45, db: 0.15 };
/** Calls a program makes for each request it serves, all together. */
const CALLS_PER_REQUEST: Readonly<Record<Tier, number>> = { web: 1.8, api: 1.3, svc: 0.9, db: 0 };

const SYSTEM_SERVICES = 3;
const POPULATIONS = 4;
/** Visits from outside a second, for each service of the mesh. */
const REQUESTS_PER_SERVICE = 6;

type Site = {
  readonly place: number;
  readonly tier: Tier;
  readonly namespace: string;
  readonly name: string;
  readonly protocol: Protocol;
  readonly versions: readonly string[];
};

/** Draws a mesh with exactly so many services and namespaces, and so many pairs as its size has room for. */
export function scaledWorld(scale: MeshScale, seed: number): World {
  const system = systemWorld();
  const random = createRandom(seed, "scale");
  const names = Array.from({ length: Math.max(1, scale.namespaces - 1) }, (_, at) => namespaceName(at));
  const ambient = new Set(names.filter((_, at) => at % 10 === 7));
  const sites = placeSites(Math.max(1, scale.services - SYSTEM_SERVICES), names, random);
  const callees = connect(sites, scale.edges, random);
  const objects: MeshObject[] = [...system.objects];
  for (const name of names) objects.push(...namespaceObjects(name, ambient.has(name)));
  const programs: Record<string, Program> = { ...system.programs };
  for (const name of ambient) programs[`${name}/waypoint`] = { calls: [], milliseconds: 1 };
  for (const site of sites) {
    objects.push(...siteObjects(site, random));
    const calls = callsOf(site, callees[site.place] ?? new Set(), sites, random);
    for (const version of site.versions)
      programs[`${site.namespace}/${workloadName(site, version)}`] = program(site, calls, random);
  }
  const web = sites.filter((site) => site.tier === "web");
  const roots = Array.from({ length: Math.min(POPULATIONS, web.length) }, (_, population): Root => {
    const visited = web.filter((site) => site.place % POPULATIONS === population);
    return {
      name: `population ${population}`,
      load: userLoad((REQUESTS_PER_SERVICE * sites.length) / POPULATIONS, seed, `population ${population}`),
      from: INGRESS,
      calls: visited.map((site) =>
        visit(`${site.name}.${site.namespace}.demo.example`, "/", { perRequest: 1 / visited.length }),
      ),
    };
  });
  return { objects, programs, roots, pastChanges: [] };
}

const TEAMS = [
  "accounts",
  "billing",
  "catalog",
  "delivery",
  "events",
  "fraud",
  "growth",
  "hiring",
  "identity",
  "ledger",
];
const THINGS = [
  "cart",
  "price",
  "stock",
  "quote",
  "user",
  "token",
  "order",
  "label",
  "route",
  "media",
  "offer",
  "audit",
];

function namespaceName(at: number): string {
  const team = TEAMS[at % TEAMS.length] ?? "team";
  return at < TEAMS.length ? team : `${team}-${Math.floor(at / TEAMS.length) + 1}`;
}

/** Every namespace has at least one service; the rest fall by rank, so that the first hold most. */
function placeSites(count: number, namespaces: readonly string[], random: Random): Site[] {
  const weights = namespaces.map((_, rank) => 1 / (rank + 2) ** 0.9);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const draw = (): string => {
    let left = random.next() * total;
    const at = weights.findIndex((weight) => (left -= weight) <= 0);
    return namespaces[Math.max(0, at)] ?? "default";
  };
  const homes = Array.from({ length: count }, (_, at) =>
    at < namespaces.length ? (namespaces[at] ?? "default") : draw(),
  );
  shuffle(homes, random);
  const taken = new Map<string, number>();
  return homes.map((home, place) => {
    const tier = tierOf(place / count);
    const base = `${THINGS[random.below(THINGS.length)]}-${tier}`;
    const copies = (taken.get(`${home}/${base}`) ?? 0) + 1;
    taken.set(`${home}/${base}`, copies);
    const kinds = random.next();
    const protocol = tier === "db" ? (kinds < 0.75 ? "tcp" : "http") : tier !== "web" && kinds < 0.15 ? "grpc" : "http";
    const versions = tier === "db" ? 1 : kinds > 0.97 ? 3 : kinds > 0.82 ? 2 : 1;
    return {
      place,
      tier,
      namespace: home,
      name: copies === 1 ? base : `${base}-${copies}`,
      protocol,
      versions: Array.from({ length: versions }, (_, at) => `v${at + 1}`),
    };
  });
}

function tierOf(position: number): Tier {
  let end = 0;
  for (const tier of TIERS) {
    end += TIER_SHARES[tier];
    if (position < end) return tier;
  }
  return "db";
}

/** Whom each site calls: everyone below the first tier has a caller, hubs have many. */
function connect(sites: readonly Site[], edges: number, random: Random): Set<number>[] {
  const callees = sites.map(() => new Set<number>());
  const firstBelow = sites.findIndex((site) => site.tier !== "web");
  const firstData = sites.findIndex((site) => site.tier === "db");
  const callers = firstData < 0 ? sites.length : firstData;
  let count = 0;
  /** How many pairs this added: one or none. */
  const add = (from: number, to: number): number => {
    const known = callees[from];
    if (from === to || known === undefined || known.has(to)) return 0;
    known.add(to);
    return 1;
  };
  if (firstBelow < 0) return callees;
  const byNamespace = Map.groupBy(sites, (site) => site.namespace);
  const nextDoor = neighbouringNamespaces([...byNamespace.keys()], random);
  for (let to = firstBelow; to < sites.length && count < edges; to += 1) {
    const home = sites[to]?.namespace ?? "";
    const place = random.next() < 0.8 ? home : pick(nextDoor.get(home) ?? [], random);
    const near = byNamespace.get(place ?? home)?.filter((site) => site.place < Math.min(to, callers)) ?? [];
    count += add(pick(near, random)?.place ?? random.below(Math.min(to, callers)), to);
  }
  const platform = new Set(
    [...byNamespace]
      .sort(([, left], [, right]) => right.length - left.length)
      .slice(0, 3)
      .map(([name]) => name),
  );
  const hubs = sites.filter((site) => site.tier !== "web" && platform.has(site.namespace) && random.next() < 0.15);
  // Small meshes have no room for more pairs than this.
  const limit = Math.min(edges, Math.floor((callers * (sites.length - 1)) / 3));
  for (let attempt = 0; count < limit && attempt < edges * 40; attempt += 1) {
    const from = random.below(callers);
    const home = sites[from]?.namespace ?? "";
    const choice = random.next();
    const candidates =
      choice < 0.2
        ? hubs
        : choice < 0.8
          ? byNamespace.get(home)
          : choice < 0.98
            ? byNamespace.get(pick(nextDoor.get(home) ?? [], random) ?? home)
            : sites;
    const to = pick(candidates ?? [], random)?.place;
    // Upwards only now and then: these are the cycles.
    if (to !== undefined && (to > from || (to >= firstBelow && random.next() < 0.01))) count += add(from, to);
  }
  return callees;
}

/** Two namespaces each that a namespace's services also call. */
function neighbouringNamespaces(names: readonly string[], random: Random): Map<string, string[]> {
  return new Map(names.map((name) => [name, [pick(names, random) ?? name, pick(names, random) ?? name]]));
}

function pick<Item>(items: readonly Item[], random: Random): Item | undefined {
  return items[random.below(items.length)];
}

function callsOf(site: Site, callees: ReadonlySet<number>, sites: readonly Site[], random: Random): Call[] {
  return [...callees].flatMap((place): Call[] => {
    const callee = sites[place];
    if (callee === undefined) return [];
    const upwards = callee.place < site.place;
    const perRequest = upwards ? 0.02 : (CALLS_PER_REQUEST[site.tier] / callees.size) * random.between(0.5, 1.5);
    const port = callee.protocol === "tcp" ? 5432 : 8080;
    return [
      call(callee.protocol, callee.name, callee.namespace, port, {
        perRequest,
        path: `/${callee.name}`,
        optional: upwards || random.next() < 0.97,
        requestBytes: Math.round(random.between(200, 2000)),
        responseBytes: Math.round(random.between(500, 20_000)),
      }),
    ];
  });
}

function program(site: Site, calls: readonly Call[], random: Random): Program {
  const fate = random.next();
  const failure = site.protocol === "grpc" ? "14" : "503";
  const slow = fate > 0.97;
  return {
    calls,
    milliseconds: slow ? random.between(600, 2500) : random.between(1, 30),
    ...(fate < 0.012 && { failures: { [failure]: random.between(0.02, 0.25) } }),
    ...(fate >= 0.012 &&
      fate < 0.1 &&
      site.protocol === "http" && { failures: { "404": random.between(0.002, 0.03) } }),
    ...(fate >= 0.1 && fate < 0.11 && { refusedShare: random.between(0.002, 0.02) }),
  };
}

function workloadName(site: Site, version: string): string {
  return `${site.name}-${version}`;
}

function siteObjects(site: Site, random: Random): MeshObject[] {
  const portName = site.protocol === "tcp" ? "tcp-db" : site.protocol;
  const outside: Labels =
    random.next() < 0.03 ? { "sidecar.istio.io/inject": "false", "istio.io/dataplane-mode": "none" } : {};
  const objects = [
    service(site.namespace, site.name, site.protocol === "tcp" ? 5432 : 8080, { portName }),
    ...site.versions.map((version) =>
      workload(site.namespace, workloadName(site, version), {
        app: site.name,
        version,
        replicas: 1 + random.below(3),
        labels: outside,
        kind: site.tier === "db" ? "StatefulSet" : "Deployment",
      }),
    ),
  ];
  if (site.versions.length > 1) {
    const weights = site.versions.length === 2 ? { v1: 90, v2: 10 } : { v1: 70, v2: 20, v3: 10 };
    objects.push(destinationRule(site.namespace, site.name, site.versions));
    objects.push(virtualService(site.namespace, site.name, { hosts: [site.name], http: [split(site.name, weights)] }));
  }
  if (site.tier === "web")
    objects.push(
      virtualService(site.namespace, `${site.name}-public`, {
        hosts: [`${site.name}.${site.namespace}.demo.example`],
        gateways: [MAIN_GATEWAY],
        http: [{ route: [{ destination: { host: site.name } }] }],
      }),
    );
  return objects;
}

function namespaceObjects(name: string, ambient: boolean): MeshObject[] {
  if (!ambient) return [namespace(name, INJECTED)];
  const status = { addresses: [{ type: "IPAddress", value: "10.96.0.15" }] };
  const listeners = [{ name: "mesh", port: 15008, protocol: "HBONE" }];
  return [
    namespace(name, { ...AMBIENT, "istio.io/use-waypoint": "waypoint" }),
    object(GATEWAY_API, "Gateway", name, "waypoint", { gatewayClassName: "istio-waypoint", listeners }, { status }),
    proxyWorkload(name, "waypoint", { labels: { "gateway.networking.k8s.io/gateway-name": "waypoint" } }),
  ];
}

function shuffle(names: string[], random: Random): void {
  for (let at = names.length - 1; at > 0; at -= 1) {
    const other = random.below(at + 1);
    [names[at], names[other]] = [names[other] ?? "", names[at] ?? ""];
  }
}
