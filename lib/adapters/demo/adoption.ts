/** Workloads that no world wrote a program for, such as those of someone's manifests, are not left without traffic. */

import { canonicalService } from "#lib/domain/mesh/labels.ts";
import type { MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import { declaredProtocol, readService } from "#lib/domain/mesh/service.ts";
import { readTemplates } from "./controllers.ts";
import { steadyLoad } from "./loadCurve.ts";
import type { Root, World } from "./world.ts";

/** One root for each Service whose workloads nobody wrote a program for: a trickle through the ingress gateway. */
export function adoptServices(index: MeshIndex, world: World, seed: number): Root[] {
  const written = new Set(Object.keys(world.programs));
  const roots: Root[] = [];
  for (const { metadata } of index.list("/Namespace")) {
    const strangers = readTemplates(index, metadata.name).filter(
      (template) =>
        template.mode !== "proxy" &&
        template.kind !== "CronJob" &&
        !written.has(`${template.namespace}/${template.name}`),
    );
    if (strangers.length === 0) continue;
    const apps = new Set(strangers.map((template) => canonicalService(template.labels, template.name)));
    for (const object of index.list("/Service", metadata.name)) {
      const service = readService(object);
      const port = service.ports[0];
      const app = canonicalService(service.selector, service.name);
      if (port === undefined || Object.keys(service.selector).length === 0 || !apps.has(app)) continue;
      const declared = declaredProtocol(port);
      const protocol =
        declared === "grpc" ? "grpc" : declared === undefined || /^http|^h2/.test(declared) ? "http" : "tcp";
      roots.push({
        name: `visitors of ${service.fqdn}`,
        load: steadyLoad(2, seed, service.fqdn),
        from: { namespace: "istio-system", workload: "istio-ingressgateway" },
        calls: [{ host: service.fqdn, port: port.port, protocol, perRequest: 1 }],
      });
    }
  }
  return roots;
}
