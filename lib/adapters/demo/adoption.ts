/**
 * Workloads that no world wrote a program for, such as those of someone's manifests, are not left without traffic. What
 * they would call is anyone's guess; this one needs no more than their configuration:
 *
 *   ingress ─▶ host of a VirtualService bound to its gateway ─▶ front ─▶ every other Service of the namespace
 */
import { readGateway } from "#lib/domain/mesh/gateway.ts";
import { resolveHost } from "#lib/domain/mesh/hosts.ts";
import { type Labels, matchesLabels } from "#lib/domain/mesh/labels.ts";
import type { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { declaredProtocol, readService, type Service } from "#lib/domain/mesh/service.ts";
import { readVirtualService, type VirtualService } from "#lib/domain/mesh/virtualService.ts";
import { readTemplates, type Template } from "./controllers.ts";
import { steadyLoad } from "./loadCurve.ts";
import type { Call, Root, World } from "./world.ts";

const INGRESS = { namespace: "istio-system", workload: "istio-ingressgateway" };
const INGRESS_LABELS: Labels = { app: "istio-ingressgateway", istio: "ingressgateway" };
const REQUESTS_PER_SECOND = 2;

/** Roots for the Services whose workloads nobody wrote a program for. */
export function adoptServices(index: MeshIndex, world: Pick<World, "programs">, seed: number): Root[] {
  const open = new Set(
    index
      .list("networking.istio.io/Gateway")
      .map(readGateway)
      .filter(({ selector }) => matchesLabels(selector, INGRESS_LABELS))
      .map(({ namespace, name }) => `${namespace}/${name}`),
  );
  return index.list("/Namespace").flatMap(({ metadata: { name: namespace } }) => {
    const strangers = readTemplates(index, namespace).filter((template) => isStranger(template, world));
    if (strangers.length === 0) return [];
    const services = index
      .list("/Service", namespace)
      .map(readService)
      .filter((service) => strangers.some((template) => selects(service, template)));
    const doors = index
      .list("networking.istio.io/VirtualService", namespace)
      .map(readVirtualService)
      .filter((rule) => rule.gateways.some((gateway) => open.has(qualified(gateway, namespace))));
    return adopt(services, strangers, doors, seed);
  });
}

function isStranger({ namespace, name, mode, kind }: Template, world: Pick<World, "programs">): boolean {
  return mode !== "proxy" && kind !== "CronJob" && !Object.hasOwn(world.programs, `${namespace}/${name}`);
}

function adopt(
  services: readonly Service[],
  strangers: readonly Template[],
  doors: readonly VirtualService[],
  seed: number,
): Root[] {
  const root = (name: string, rest: Omit<Root, "name" | "load">): Root => ({
    name,
    load: steadyLoad(REQUESTS_PER_SECOND, seed, name),
    ...rest,
  });
  const behindDoors = new Set(doors.flatMap(destinationsOf));
  const fronts = services.filter(({ fqdn }) => behindDoors.has(fqdn));
  const visits =
    fronts.length === 0
      ? []
      : doors.map((rule) =>
          root(`visitors of ${rule.namespace}/${rule.name}`, { from: INGRESS, calls: [knock(rule)] }),
        );
  const inner = services.flatMap((service): Root[] => {
    const call = callTo(service);
    if (fronts.includes(service) || call === undefined) return [];
    const callers = strangers.filter((template) => !selects(service, template) && template.mode !== "none");
    const caller = callers.find((template) => fronts.some((front) => selects(front, template)));
    const from = caller && { namespace: caller.namespace, workload: caller.name };
    return [root(`callers of ${service.fqdn}`, { from: from ?? INGRESS, calls: [call] })];
  });
  return [...visits, ...inner];
}

function selects({ selector }: Service, template: Template): boolean {
  return Object.keys(selector).length > 0 && matchesLabels(selector, template.labels);
}

function destinationsOf(rule: VirtualService): string[] {
  return rule.http.flatMap(({ route }) => route.map(({ host }) => resolveHost(host, rule.namespace)));
}

/** A request that the rule's first route is meant for. */
function knock(rule: VirtualService): Call {
  const host = (rule.hosts[0] ?? "*").replace(/^\*\.?/, "www.").replace(/\.$/, ".demo.example");
  const path = rule.http[0]?.match[0]?.uri;
  return { host, port: 80, protocol: "http", perRequest: 1, path: path?.kind === "regex" ? "/" : (path?.value ?? "/") };
}

function callTo(service: Service): Call | undefined {
  const port = service.ports[0];
  if (port === undefined) return undefined;
  const declared = declaredProtocol(port);
  const isHttp = declared === undefined || /^(http|h2)/.test(declared);
  const protocol = declared === "grpc" ? "grpc" : isHttp ? "http" : "tcp";
  return { host: service.fqdn, port: port.port, protocol, perRequest: 1 };
}

function qualified(gateway: string, namespace: string): string {
  return gateway.includes("/") ? gateway : `${namespace}/${gateway}`;
}
