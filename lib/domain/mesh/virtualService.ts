/** A typed view of an Istio VirtualService. Hosts are as written: resolve them with resolveHost. */
import type { Labels } from "./labels.ts";
import type { MeshObject } from "./meshObject.ts";
import { durationSeconds, finite, optionalShape, type Shape, shape, shapes, text, textMap, texts } from "./shape.ts";

export type StringMatch = { readonly kind: "exact" | "prefix" | "regex"; readonly value: string };

/** Conditions of one match; all of them must hold. Absent and empty ones always hold. */
export type HttpMatch = {
  readonly uri?: StringMatch | undefined;
  readonly method?: StringMatch | undefined;
  readonly authority?: StringMatch | undefined;
  readonly headers: Readonly<Record<string, StringMatch>>;
  readonly withoutHeaders: Readonly<Record<string, StringMatch>>;
  readonly queryParams: Readonly<Record<string, StringMatch>>;
  readonly port?: number | undefined;
  readonly gateways: readonly string[];
  readonly sourceLabels: Labels;
  readonly sourceNamespace?: string | undefined;
};

/** Conditions of a tcp or tls match. */
export type L4Match = {
  readonly port?: number | undefined;
  readonly sniHosts: readonly string[];
  readonly gateways: readonly string[];
  readonly sourceLabels: Labels;
  readonly sourceNamespace?: string | undefined;
};

export type Destination = {
  readonly host: string;
  readonly subset?: string | undefined;
  readonly port?: number | undefined;
};

export type WeightedDestination = Destination & { readonly weight?: number | undefined };

export type Fault = {
  /** Percent 0–100 of requests answered without reaching the destination. */
  readonly abort?:
    | { readonly percent: number; readonly httpStatus?: number | undefined; readonly grpcStatus?: string | undefined }
    | undefined;
  readonly delay?: { readonly percent: number; readonly seconds: number } | undefined;
};

export type HttpRule = {
  readonly name?: string | undefined;
  /** Any of them suffices; none at all matches everything. */
  readonly match: readonly HttpMatch[];
  readonly route: readonly WeightedDestination[];
  readonly fault?: Fault | undefined;
  readonly mirrors: readonly (Destination & { readonly percent: number })[];
  readonly timeoutSeconds?: number | undefined;
  readonly retries?: { readonly attempts?: number | undefined; readonly perTryTimeoutSeconds?: number | undefined };
  readonly redirects: boolean;
  readonly directResponseStatus?: number | undefined;
  readonly delegate?: { readonly name: string; readonly namespace?: string | undefined } | undefined;
};

export type L4Rule = { readonly match: readonly L4Match[]; readonly route: readonly WeightedDestination[] };

export type VirtualService = {
  readonly namespace: string;
  readonly name: string;
  /** Empty for a delegate. */
  readonly hosts: readonly string[];
  /** ["mesh"] where none are named. */
  readonly gateways: readonly string[];
  /** Empty: the mesh's default, which is everywhere unless the mesh config says otherwise. */
  readonly exportTo: readonly string[];
  readonly http: readonly HttpRule[];
  readonly tcp: readonly L4Rule[];
  readonly tls: readonly L4Rule[];
};

/** Reads a VirtualService. Routes to a destination without a host are left out. */
export function readVirtualService(object: MeshObject): VirtualService {
  const spec = shape(object.spec);
  const gateways = texts(spec["gateways"]);
  return {
    namespace: object.metadata.namespace,
    name: object.metadata.name,
    hosts: texts(spec["hosts"]),
    gateways: gateways.length === 0 ? ["mesh"] : gateways,
    exportTo: texts(spec["exportTo"]),
    http: shapes(spec["http"]).map(readHttpRule),
    tcp: shapes(spec["tcp"]).map(readL4Rule),
    tls: shapes(spec["tls"]).map(readL4Rule),
  };
}

/** Share (0–1) of each destination: weights are relative, and a single destination takes all whatever its weight. */
export function weightShares(destinations: readonly { readonly weight?: number | undefined }[]): number[] {
  if (destinations.length === 1) return [1];
  const weights = destinations.map(({ weight }) => Math.max(0, weight ?? 0));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => (total === 0 ? 0 : weight / total));
}

function readHttpRule(rule: Shape): HttpRule {
  const retries = optionalShape(rule["retries"]);
  const delegate = shape(rule["delegate"]);
  const delegateName = text(delegate["name"]);
  const single = optionalShape(rule["mirror"]);
  const singlePercent = percentOf(rule["mirrorPercentage"]) ?? finite(rule["mirrorPercent"]) ?? 100;
  return {
    name: text(rule["name"]),
    match: shapes(rule["match"]).map(readHttpMatch),
    route: shapes(rule["route"]).flatMap(readWeighted),
    fault: readFault(optionalShape(rule["fault"])),
    mirrors: [
      ...readDestination(single).map((destination) => ({ ...destination, percent: singlePercent })),
      ...shapes(rule["mirrors"]).flatMap((mirror) =>
        readDestination(mirror["destination"]).map((destination) => ({
          ...destination,
          percent: percentOf(mirror["percentage"]) ?? 100,
        })),
      ),
    ],
    timeoutSeconds: durationSeconds(rule["timeout"]),
    ...(retries && {
      retries: {
        attempts: finite(retries["attempts"]),
        perTryTimeoutSeconds: durationSeconds(retries["perTryTimeout"]),
      },
    }),
    redirects: optionalShape(rule["redirect"]) !== undefined,
    directResponseStatus: finite(shape(rule["directResponse"])["status"]),
    delegate: delegateName === undefined ? undefined : { name: delegateName, namespace: text(delegate["namespace"]) },
  };
}

function readHttpMatch(match: Shape): HttpMatch {
  return {
    uri: readStringMatch(match["uri"]),
    method: readStringMatch(match["method"]),
    authority: readStringMatch(match["authority"]),
    headers: readStringMatches(match["headers"]),
    withoutHeaders: readStringMatches(match["withoutHeaders"]),
    queryParams: readStringMatches(match["queryParams"]),
    ...readScope(match),
  };
}

function readL4Rule(rule: Shape): L4Rule {
  return {
    match: shapes(rule["match"]).map((match) => ({ ...readScope(match), sniHosts: texts(match["sniHosts"]) })),
    route: shapes(rule["route"]).flatMap(readWeighted),
  };
}

function readScope(match: Shape): Pick<HttpMatch, "port" | "gateways" | "sourceLabels" | "sourceNamespace"> {
  return {
    port: finite(match["port"]),
    gateways: texts(match["gateways"]),
    sourceLabels: textMap(match["sourceLabels"]),
    sourceNamespace: text(match["sourceNamespace"]),
  };
}

function readStringMatch(value: unknown): StringMatch | undefined {
  const match = shape(value);
  for (const kind of ["exact", "prefix", "regex"] as const) {
    const wanted = text(match[kind]);
    if (wanted !== undefined) return { kind, value: wanted };
  }
  return undefined;
}

/** `{}` as a header's match means "present". */
function readStringMatches(value: unknown): Record<string, StringMatch> {
  return Object.fromEntries(
    Object.entries(shape(value)).map(([name, match]) => [
      name,
      readStringMatch(match) ?? { kind: "prefix", value: "" },
    ]),
  );
}

function readDestination(value: unknown): Destination[] {
  const destination = shape(value);
  const host = text(destination["host"]);
  if (host === undefined) return [];
  return [{ host, subset: text(destination["subset"]), port: finite(shape(destination["port"])["number"]) }];
}

function readWeighted(route: Shape): WeightedDestination[] {
  return readDestination(route["destination"]).map((destination) => ({
    ...destination,
    weight: finite(route["weight"]),
  }));
}

function readFault(fault: Shape | undefined): Fault | undefined {
  if (fault === undefined) return undefined;
  const abort = optionalShape(fault["abort"]);
  const delay = optionalShape(fault["delay"]);
  const seconds = durationSeconds(delay?.["fixedDelay"]);
  return {
    abort: abort && {
      percent: percentOf(abort["percentage"]) ?? 0,
      httpStatus: finite(abort["httpStatus"]),
      grpcStatus: text(abort["grpcStatus"]),
    },
    delay:
      delay && seconds !== undefined
        ? { percent: percentOf(delay["percentage"]) ?? finite(delay["percent"]) ?? 0, seconds }
        : undefined,
  };
}

function percentOf(value: unknown): number | undefined {
  const percent = finite(shape(value)["value"]);
  return percent === undefined ? undefined : Math.min(100, Math.max(0, percent));
}
