/**
 * One moment's configuration as the data plane sees it: workloads, services and the rules for a host, looked up quickly.
 * Each cluster's proxies obey their own cluster's rules, and find a Service's endpoints in every cluster that has the
 * Service (https://istio.io/latest/docs/ops/deployment/deployment-models/#namespace-tenancy).
 */
import { type DestinationRule, readDestinationRule } from "#lib/domain/mesh/destinationRule.ts";
import { type Gateway, readGateway } from "#lib/domain/mesh/gateway.ts";
import { compareSpecificity, hostsOverlap, resolveHost } from "#lib/domain/mesh/hosts.ts";
import { type HttpRoute, readHttpRoute } from "#lib/domain/mesh/httpRoute.ts";
import { canonicalRevision, canonicalService, type Labels, matchesLabels } from "#lib/domain/mesh/labels.ts";
import type { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { readService, type Service } from "#lib/domain/mesh/service.ts";
import { readServiceEntry, type ServiceEntry } from "#lib/domain/mesh/serviceEntry.ts";
import { shape, shapes, text, textMap } from "#lib/domain/mesh/shape.ts";
import { readVirtualService, type VirtualService } from "#lib/domain/mesh/virtualService.ts";
import { readTemplates, type Template } from "./controllers.ts";

export type Workload = Template & {
  readonly cluster: string;
  readonly app: string;
  readonly version: string;
  readonly principal: string;
  /** "namespace/name" of the Istio Gateways, and names of the Gateway API's, that configure it. */
  readonly gateways: readonly string[];
};

export type KnownService = Service & {
  readonly workloads: readonly Workload[];
  /** The waypoint in front of it, when it has one that runs. */
  readonly waypoint?: Workload | undefined;
};

type PeerMode = "STRICT" | "PERMISSIVE" | "DISABLE";

const ROOT_NAMESPACE = "istio-system";

export type MeshView = {
  workload(namespace: string, name: string): Workload | undefined;
  service(host: string): KnownService | undefined;
  serviceEntry(host: string): ServiceEntry | undefined;
  /** VirtualServices for a host, the best fitting first. */
  virtualServices(host: string): readonly VirtualService[];
  /** HTTPRoutes and GRPCRoutes attached to a parent: "Service/namespace/name" or "Gateway/namespace/name". */
  routesOf(parent: string): readonly HttpRoute[];
  /** The DestinationRule a client in a namespace obeys for a service. */
  destinationRule(host: string, clientNamespace: string): DestinationRule | undefined;
  peerMode(workload: Workload): PeerMode;
  /** Whether the workload's proxy lets out only calls to hosts that the mesh knows. */
  registryOnly(workload: Workload): boolean;
  /** Whether a Telemetry adds request_operation to what the workload's proxies report as servers. */
  namesOperations(workload: Workload): boolean;
  ztunnelPod(node: string): string | undefined;
};

/** One cluster of the mesh. */
export type Member = { readonly cluster: string; readonly index: MeshIndex };

/** The view of a workload's cluster. What stands outside the mesh is seen from the first one. */
export type MeshViews = (of: Pick<Workload, "cluster"> | undefined) => MeshView;

/** Reads each index once; the views do not follow later changes. */
export function createMeshViews(members: readonly Member[]): MeshViews {
  const sites = members.map(readSite);
  const views = new Map(sites.map((site) => [site.cluster, createMeshView(site, sites)]));
  const [first] = views.values();
  if (first === undefined) throw new Error("A mesh needs a cluster: pass at least one member.");
  return (of) => (of && views.get(of.cluster)) ?? first;
}

type Site = Member & {
  readonly byNamespace: ReadonlyMap<string, readonly Workload[]>;
  /** By the FQDN of a Service: the cluster's own workloads that it selects. */
  readonly endpoints: ReadonlyMap<string, readonly Workload[]>;
};

function readSite({ cluster, index }: Member): Site {
  const gateways = index.list("networking.istio.io/Gateway").map(readGateway);
  const byNamespace = new Map<string, readonly Workload[]>();
  for (const namespace of index.list("/Namespace")) {
    const { name } = namespace.metadata;
    byNamespace.set(
      name,
      readTemplates(index, name).map((template) => ({ ...identify(template, gateways), cluster })),
    );
  }
  const endpoints = index.list("/Service").map((item) => {
    const { fqdn, namespace, selector } = readService(item);
    return [fqdn, byNamespace.get(namespace)?.filter((workload) => selects(selector, workload)) ?? []] as const;
  });
  return { cluster, index, byNamespace, endpoints: new Map(endpoints) };
}

function createMeshView({ index, byNamespace }: Site, sites: readonly Site[]): MeshView {
  const workloads = new Map([...byNamespace.values()].flat().map((item) => [`${item.namespace}/${item.name}`, item]));

  const services = new Map<string, KnownService>();
  for (const item of index.list("/Service")) {
    const service = readService(item);
    const { namespace } = item.metadata;
    const selected = sites.flatMap(({ endpoints }) => endpoints.get(service.fqdn) ?? []);
    const labels = index.get({ group: "", kind: "Namespace", namespace: "", name: namespace })?.metadata.labels ?? {};
    const waypointName = item.metadata.labels["istio.io/use-waypoint"] ?? labels["istio.io/use-waypoint"];
    const waypoint = byNamespace
      .get(namespace)
      ?.find((workload) => workload.labels["gateway.networking.k8s.io/gateway-name"] === waypointName);
    services.set(service.fqdn, { ...service, workloads: selected, waypoint: waypointName ? waypoint : undefined });
  }

  const entries = index.list("networking.istio.io/ServiceEntry").map(readServiceEntry);
  const entryOf = new Map(entries.flatMap((entry) => entry.hosts.map((host) => [host, entry] as const)));

  const exact = new Map<string, VirtualService[]>();
  const wildcards: { host: string; rule: VirtualService }[] = [];
  for (const item of index.list("networking.istio.io/VirtualService")) {
    const rule = readVirtualService(item);
    for (const written of rule.hosts) {
      const host = resolveHost(written, rule.namespace);
      if (host.startsWith("*")) wildcards.push({ host, rule });
      else exact.set(host, [...(exact.get(host) ?? []), rule]);
    }
  }
  wildcards.sort((left, right) => compareSpecificity(left.host, right.host));

  const destinationRules = new Map<string, { host: string; rule: DestinationRule }[]>();
  for (const item of index.list("networking.istio.io/DestinationRule")) {
    const rule = readDestinationRule(item);
    const list = destinationRules.get(rule.namespace) ?? [];
    list.push({ host: resolveHost(rule.host, rule.namespace), rule });
    destinationRules.set(rule.namespace, list);
  }
  for (const list of destinationRules.values()) list.sort((left, right) => compareSpecificity(left.host, right.host));

  const routes = new Map<string, HttpRoute[]>();
  for (const kind of ["HTTPRoute", "GRPCRoute"] as const) {
    for (const route of index.list(`gateway.networking.k8s.io/${kind}`).map(readHttpRoute)) {
      for (const parent of route.parentRefs) {
        const key = `${parent.kind}/${parent.namespace}/${parent.name}`;
        routes.set(key, [...(routes.get(key) ?? []), route]);
      }
    }
  }

  const peerRules = index.list("security.istio.io/PeerAuthentication").map((item) => {
    const spec = shape(item.spec);
    return {
      namespace: item.metadata.namespace,
      selector: textMap(shape(spec["selector"])["matchLabels"]),
      mode: peerModeOf(text(shape(spec["mtls"])["mode"])),
    };
  });
  const peerModes = new Map<Workload, PeerMode>();
  const sidecars = index.list("networking.istio.io/Sidecar").map(({ metadata, spec }) => ({
    namespace: metadata.namespace,
    selector: textMap(shape(shape(spec)["workloadSelector"])["labels"]),
    outbound: text(shape(shape(spec)["outboundTrafficPolicy"])["mode"]),
  }));
  const operationRules = index
    .list("telemetry.istio.io/Telemetry")
    .filter((item) => tagsOperations(item.spec))
    .map(({ metadata, spec }) => ({
      namespace: metadata.namespace,
      selector: textMap(shape(shape(spec)["selector"])["matchLabels"]),
    }));
  const ztunnel = [...workloads.values()].find((workload) => workload.labels["app"] === "ztunnel");

  return {
    workload: (namespace, name) => workloads.get(`${namespace}/${name}`),
    service: (host) => services.get(host),
    serviceEntry: (host) => entryOf.get(host),
    virtualServices: (host) => [
      ...(exact.get(host) ?? []),
      ...wildcards.filter((entry) => hostsOverlap(entry.host, host)).map((entry) => entry.rule),
    ],
    routesOf: (parent) => routes.get(parent) ?? [],
    destinationRule: (host, clientNamespace) => {
      const serviceNamespace = services.get(host)?.namespace ?? clientNamespace;
      for (const namespace of [clientNamespace, serviceNamespace, ROOT_NAMESPACE]) {
        const match = destinationRules.get(namespace)?.find((entry) => hostsOverlap(entry.host, host));
        if (match !== undefined) return match.rule;
      }
      return undefined;
    },
    peerMode: (workload) => {
      let mode = peerModes.get(workload);
      if (mode === undefined) {
        // Workload before namespace before mesh; a selector in the root namespace selects nothing elsewhere.
        const own = peerRules.filter((rule) => rule.namespace === workload.namespace && rule.mode);
        const bySelector = own.find((rule) => !isEmpty(rule.selector) && matchesLabels(rule.selector, workload.labels));
        const mesh = peerRules.find((rule) => rule.namespace === ROOT_NAMESPACE && isEmpty(rule.selector) && rule.mode);
        mode = (bySelector ?? own.find((rule) => isEmpty(rule.selector)) ?? mesh)?.mode ?? "PERMISSIVE";
        peerModes.set(workload, mode);
      }
      return mode;
    },
    registryOnly: ({ namespace, labels }) => {
      // A Sidecar that selects the workload before its namespace's, before the mesh's.
      const own = sidecars.filter((rule) => rule.namespace === namespace && matchesLabels(rule.selector, labels));
      const mesh = sidecars.find((rule) => rule.namespace === ROOT_NAMESPACE && isEmpty(rule.selector));
      const rule = own.find(({ selector }) => !isEmpty(selector)) ?? own[0] ?? mesh;
      return rule?.outbound === "REGISTRY_ONLY";
    },
    namesOperations: ({ namespace, labels }) =>
      operationRules.some(
        (rule) =>
          (rule.namespace === namespace || rule.namespace === ROOT_NAMESPACE) && matchesLabels(rule.selector, labels),
      ),
    ztunnelPod: (node) => ztunnel?.pods.find((pod) => pod.node === node)?.name,
  };
}

/** Whether a Service's selector takes in a workload's pods. No selector selects nothing. */
function selects(selector: Labels, workload: Workload): boolean {
  return !isEmpty(selector) && workload.kind !== "CronJob" && matchesLabels(selector, workload.labels);
}

function identify(template: Template, gateways: readonly Gateway[]): Omit<Workload, "cluster"> {
  const { namespace, name, labels, serviceAccount } = template;
  const managed = labels["gateway.networking.k8s.io/gateway-name"];
  return {
    ...template,
    app: canonicalService(labels, name),
    version: canonicalRevision(labels),
    principal: `spiffe://cluster.local/ns/${namespace}/sa/${serviceAccount}`,
    gateways: [
      ...(template.mode === "proxy" ? gateways : [])
        .filter((gateway) => matchesLabels(gateway.selector, labels))
        .map((gateway) => `${gateway.namespace}/${gateway.name}`),
      ...(managed === undefined ? [] : [`${namespace}/${managed}`]),
    ],
  };
}

/** `metrics[].overrides[].tagOverrides.request_operation`, whatever expression it is given. */
function tagsOperations(spec: unknown): boolean {
  return shapes(shape(spec)["metrics"])
    .flatMap((metrics) => shapes(metrics["overrides"]))
    .some((override) => shape(override["tagOverrides"])["request_operation"] !== undefined);
}

function peerModeOf(mode: string | undefined): PeerMode | undefined {
  return mode === "STRICT" || mode === "PERMISSIVE" || mode === "DISABLE" ? mode : undefined;
}

function isEmpty(labels: Labels): boolean {
  return Object.keys(labels).length === 0;
}
