/**
 * What the simulator is told of a mesh: configuration (Kubernetes objects), what programs do when they are called, and
 * who starts calling. Where the calls go is not said here: that follows from the configuration.
 */
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import type { Protocol } from "#lib/domain/telemetry/edgeTable.ts";
import type { Load } from "./loadCurve.ts";

export type Call = {
  /** A cluster FQDN, or the name of an external host. */
  readonly host: string;
  readonly port: number;
  readonly protocol: Protocol;
  /** Calls made for each request that the caller serves. */
  readonly perRequest: number;
  readonly path?: string;
  readonly method?: string;
  /** The caller answers well even when this call fails. */
  readonly optional?: boolean;
  /** Bytes of a request and a response; for TCP, received and sent by the server. */
  readonly requestBytes?: number;
  readonly responseBytes?: number;
  /** gRPC messages of one call, from the caller and from the server; one either way unless told. */
  readonly messages?: { readonly sent: number; readonly received: number };
  /** A gRPC stream that nobody ends: its messages are counted as they pass, and it never becomes a request. */
  readonly staysOpen?: boolean;
};

/** What requests of a path (and method) do, in the words of the program they are made to. */
export type Operation = { readonly name: string; readonly path: string; readonly method?: string };

/** Share (0–1) of requests by what they end with: an HTTP status, or a gRPC status below 100. */
export type Failures = Readonly<Record<string, number>>;

export type Program = {
  readonly calls: readonly Call[];
  /** The program's own time for a request, without that of its calls. */
  readonly milliseconds: number;
  readonly steepness?: number;
  readonly failures?: Failures;
  /** Reported where a Telemetry adds request_operation to the metrics of its proxies. */
  readonly operations?: readonly Operation[];
  /** What a certain image does instead: deploy another one and it stops. */
  readonly brokenImage?: { readonly image: string; readonly failures: Failures; readonly milliseconds: number };
  /** Share of calls whose connection cannot be made (UF), or breaks before a response (UC). */
  readonly refusedShare?: number;
  readonly brokenShare?: number;
};

/** Where traffic begins. Without a workload the calls come from outside the mesh, from something without a proxy. */
export type Root = {
  readonly name: string;
  readonly load: Load;
  readonly from?: { readonly namespace: string; readonly workload: string };
  /** Made for each turn of the load. */
  readonly calls: readonly Call[];
  /** Carried along through all calls that follow, as tracing and user headers are. */
  readonly headers?: Readonly<Record<string, string>>;
};

/** A change of configuration in the past: until then, the object of this identity looked like `before`. */
export type PastChange = { readonly secondsAgo: number; readonly manager: string; readonly before: MeshObject };

export type World = {
  /** Of the first cluster, where the roots and past changes are. */
  readonly objects: readonly MeshObject[];
  /** Of further clusters, by their names. */
  readonly elsewhere?: Readonly<Record<string, readonly MeshObject[]>>;
  /** By "namespace/workload", or "cluster/namespace/workload" for one that differs from its namesakes. */
  readonly programs: Readonly<Record<string, Program>>;
  readonly roots: readonly Root[];
  readonly pastChanges: readonly PastChange[];
};

/** A call to a Service by its short names. */
export function call(
  protocol: Protocol,
  service: string,
  namespace: string,
  port: number,
  rest: Partial<Call> = {},
): Call {
  return { host: `${service}.${namespace}.svc.cluster.local`, port, protocol, perRequest: 1, ...rest };
}

/** Several worlds as one. */
export function joinWorlds(worlds: readonly World[]): World {
  return {
    objects: worlds.flatMap((world) => world.objects),
    elsewhere: Object.fromEntries(
      [...new Set(worlds.flatMap(({ elsewhere = {} }) => Object.keys(elsewhere)))].map((cluster) => [
        cluster,
        worlds.flatMap(({ elsewhere = {} }) => elsewhere[cluster] ?? []),
      ]),
    ),
    programs: Object.assign({}, ...worlds.map((world) => world.programs)) as World["programs"],
    roots: worlds.flatMap((world) => world.roots),
    pastChanges: worlds.flatMap((world) => world.pastChanges),
  };
}
