/**
 * A mesh as it truly is: who calls whom, and how each call ends at either end. emitReports.ts says what Istio's proxies
 * would report of it, expectedEdges.ts what the graph must show.
 */

/** none: a server without a proxy, which reports nothing. waypoint: ambient, and all that is called there passes a waypoint. */
export type Proxy = "sidecar" | "ambient" | "waypoint" | "none";

export type Workload = {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly proxy: Proxy;
};

/** "cart" in namespace "shop"; or a place outside the mesh, which has no namespace. */
export type Service = { readonly namespace: string; readonly name: string };

/** A result as a proxy writes it: "200", "503 UH", "- DC"; for gRPC the status: "0", "14 UC". */
export type Result = string;

/**
 * Calls that end alike. The client's proxy says `client`, the server's says `server`. Absent `server`: the call never got
 * there. Absent `client`: an attempt that the client's proxy repeated, so that it counts nothing.
 */
export type Outcome = { readonly client?: Result; readonly server?: Result; readonly perSecond: number };

/**
 * Calls of one caller to one workload (absent: they reach none) through one service. A caller without a proxy is absent:
 * nobody can tell who it is.
 */
export type Requests = {
  readonly kind: "http" | "grpc";
  readonly caller?: Workload;
  readonly service: Service;
  readonly target?: Workload;
  readonly outcomes: readonly Outcome[];
  /** Which calls come over mutual TLS. */
  readonly secured: "all" | "half" | "none";
};

/** The same for connections. Bytes a second as the server sends and receives them. */
export type Bytes = Omit<Requests, "kind" | "outcomes"> & {
  readonly kind: "tcp";
  readonly sent: number;
  readonly received: number;
  readonly opened: number;
};

export type Traffic = Requests | Bytes;

/**
 * What proxies fail to tell each other, for calls of one name to one host, where the other end reports as well:
 * the client's rows lack the destination's cluster, or all of the destination; the server's rows lack the source's cluster.
 */
export type Gap = "clientCluster" | "clientTarget" | "serverCluster";

export type World = {
  readonly traffic: readonly Traffic[];
  /** By gapKey. */
  readonly gaps: ReadonlyMap<string, Gap>;
};

export function gapKey(caller: Workload | undefined, service: Service): string {
  return `${caller?.namespace}/${caller?.name} ${hostOf(service)}`;
}

export const PASSTHROUGH: Service = { namespace: "", name: "PassthroughCluster" };
export const BLACKHOLE: Service = { namespace: "", name: "BlackHoleCluster" };
/** A host outside the mesh, of which two ServiceEntries speak. */
export const EXTERNAL: Service = { namespace: "", name: "api.example.com" };

export function hostOf({ namespace, name }: Service): string {
  return namespace === "" ? name : `${name}.${namespace}.svc.cluster.local`;
}

/** Whether a proxy reports traffic as its client: a sidecar, or (bytes only, and not to a waypoint) a ztunnel. */
export function clientReports({ caller, target, kind }: Traffic): boolean {
  return caller?.proxy === "sidecar" || (kind === "tcp" && isAmbient(caller) && target?.proxy !== "waypoint");
}

/** Who reports it as its server, "waypoint" where a waypoint does so. */
export function serverReporter({ target, kind }: Traffic): "destination" | "waypoint" | undefined {
  if (target?.proxy === "sidecar") return "destination";
  if (target?.proxy === "waypoint") return "waypoint";
  return target?.proxy === "ambient" && kind === "tcp" ? "destination" : undefined;
}

export function isAmbient(workload: Workload | undefined): boolean {
  return workload?.proxy === "ambient" || workload?.proxy === "waypoint";
}

/**
 * The gap in what is reported of some traffic. Another end must be there to fill it; a ztunnel has none, since istiod tells
 * it of every workload.
 */
export function gapOf(world: World, traffic: Traffic): Gap | undefined {
  const bothReport = traffic.caller?.proxy === "sidecar" && serverReporter(traffic) !== undefined;
  return bothReport ? world.gaps.get(gapKey(traffic.caller, traffic.service)) : undefined;
}

/** The waypoint of a namespace. */
export function waypointOf({ cluster, namespace }: Workload): Workload {
  return { cluster, namespace, name: "waypoint", proxy: "none" };
}

export function principalOf({ namespace, name }: Workload): string {
  return `spiffe://cluster.local/ns/${namespace}/sa/${name}`;
}
