/** Time to build the node table of 5,000 services and 10,000 pods: node bench/meshNodes.ts */
import { cpus } from "node:os";
import { buildMeshNodes } from "#lib/domain/mesh/buildMeshNodes.ts";
import { indexOf, meshObject } from "#test/builders/meshObjects.ts";

const SERVICES = 5_000;
const NAMESPACES = 250;
const containers = [{ name: "app" }, { name: "istio-proxy" }];

const objects = Array.from({ length: SERVICES }, (_, number) => {
  const namespace = `ns-${number % NAMESPACES}`;
  const name = `svc-${number}`;
  const labels = { app: name, version: "v1", team: `team-${number % 20}` };
  const template = { metadata: { labels }, spec: { containers } };
  const pod = (replica: number) =>
    meshObject("v1/Pod", `${namespace}/${name}-5d-${replica}`, {
      labels,
      owner: { kind: "ReplicaSet", name: `${name}-5d` },
      spec: { containers },
      status: { phase: "Running" },
    });
  return [
    meshObject("v1/Service", `${namespace}/${name}`, { spec: { selector: { app: name } } }),
    meshObject("apps/v1/Deployment", `${namespace}/${name}`, { spec: { replicas: 2, template } }),
    meshObject("apps/v1/ReplicaSet", `${namespace}/${name}-5d`, { owner: { kind: "Deployment", name } }),
    pod(1),
    pod(2),
    meshObject("networking.istio.io/v1/VirtualService", `${namespace}/${name}`, {
      spec: { hosts: [name], http: [{ route: [{ destination: { host: name } }] }] },
    }),
    meshObject("networking.istio.io/v1/DestinationRule", `${namespace}/${name}`, { spec: { host: name } }),
  ];
}).flat();
const index = indexOf(...objects);

const milliseconds = Array.from({ length: 15 }, () => {
  const started = performance.now();
  buildMeshNodes("primary", index);
  return performance.now() - started;
});
const cold = milliseconds[0] ?? 0;
const median = milliseconds.toSorted((left, right) => left - right)[7] ?? 0;
console.log(
  `node table, ${SERVICES} services, ${2 * SERVICES} pods, ${objects.length} objects: ` +
    `cold ${cold.toFixed(0)} ms, median ${median.toFixed(0)} ms (${cpus()[0]?.model ?? "?"}, Node ${process.version})`,
);
