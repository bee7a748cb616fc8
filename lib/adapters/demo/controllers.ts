/**
 * What Kubernetes' controllers and Istio's injector would do: make the Pods of each workload, the EndpointSlice of each
 * Service, and ServiceAccounts that are named and missing. Run for a namespace after anything in it changed.
 */
import { readTemplate, templateMode } from "#lib/domain/mesh/dataPlaneMode.ts";
import { type Labels, matchesLabels } from "#lib/domain/mesh/labels.ts";
import type { KindKey, MeshIndex } from "#lib/domain/mesh/meshIndex.ts";
import type { DataPlaneMode } from "#lib/domain/mesh/meshNodes.ts";
import { type MeshObject, refOf } from "#lib/domain/mesh/meshObject.ts";
import { readService } from "#lib/domain/mesh/service.ts";
import { finite, shape, shapes, text } from "#lib/domain/mesh/shape.ts";
import { object, PROXY_IMAGE } from "./objects.ts";
import { hash, nameSuffix } from "./random.ts";

const WORKLOAD_KINDS = ["Deployment", "StatefulSet", "DaemonSet"] as const;
const NODES = ["node-a", "node-b", "node-c"] as const;
/** Enough for anyone to look at, whatever a manifest asks for. */
const MOST_PODS = 300;

/** A workload as its pod template describes it. */
export type Template = {
  readonly namespace: string;
  readonly name: string;
  readonly kind: string;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly serviceAccount: string;
  readonly containers: readonly { readonly name: string; readonly image: string }[];
  readonly mode: DataPlaneMode;
  readonly pods: readonly { readonly name: string; readonly node: string }[];
};

/** The workloads of a namespace, with the names their pods have. */
export function readTemplates(index: MeshIndex, namespace: string): Template[] {
  const labels = index.get({ group: "", kind: "Namespace", namespace: "", name: namespace })?.metadata.labels ?? {};
  const workloads = WORKLOAD_KINDS.flatMap((kind) => index.list(`apps/${kind}`, namespace));
  return [...workloads, ...index.list("batch/CronJob", namespace)].map((workload) => readWorkload(workload, labels));
}

function readWorkload(workload: MeshObject, namespaceLabels: Labels): Template {
  const { namespace, name } = workload.metadata;
  const spec = shape(workload.spec);
  const job = shape(shape(spec["jobTemplate"])["spec"]);
  const template = readTemplate(workload.kind === "CronJob" ? job["template"] : spec["template"]);
  const { labels, annotations } = template;
  const containers = shapes(template.spec["containers"]).map((container) => ({
    name: text(container["name"]) ?? name,
    image: text(container["image"]) ?? "",
  }));
  return {
    namespace,
    name,
    kind: workload.kind,
    labels,
    annotations,
    serviceAccount: text(template.spec["serviceAccountName"]) ?? "default",
    containers,
    mode: templateMode(template, namespace, namespaceLabels),
    pods: placePods(workload, nameSuffix(`${namespace}/${name} ${JSON.stringify([containers, labels])}`, 9)),
  };
}

/** Pods and their nodes; `generation` is the same as long as the template is, as the hash of a ReplicaSet. */
function placePods(workload: MeshObject, generation: string): Template["pods"] {
  const { namespace, name } = workload.metadata;
  const asked = finite(shape(workload.spec)["replicas"]) ?? 1;
  const fixed = { DaemonSet: NODES.length, CronJob: 1 }[workload.kind];
  const length = fixed ?? Math.min(MOST_PODS, Math.max(0, Math.floor(asked)));
  return Array.from({ length }, (_, ordinal) => {
    const node = NODES[(hash(name) + ordinal) % NODES.length] ?? NODES[0];
    if (workload.kind === "StatefulSet") return { name: `${name}-${ordinal}`, node };
    const suffix = nameSuffix(`${namespace}/${name} ${generation} ${ordinal}`, 5);
    return { name: workload.kind === "DaemonSet" ? `${name}-${suffix}` : `${name}-${generation}-${suffix}`, node };
  });
}

/** Makes the derived objects of a namespace what its workloads and Services ask for. `stamp` gives each new one its identity. */
export function reconcile(index: MeshIndex, namespace: string, stamp: (object: MeshObject) => MeshObject): void {
  const templates = readTemplates(index, namespace);
  for (const template of templates) reportReplicas(index, template, stamp);
  replace(index, "/Pod", namespace, templates.flatMap(podsOf), stamp);
  const slices = index.list("/Service", namespace).flatMap((item) => sliceOf(item, templates));
  replace(index, "discovery.k8s.io/EndpointSlice", namespace, slices, stamp);
  for (const { serviceAccount } of templates) {
    const account = object("v1", "ServiceAccount", namespace, serviceAccount, undefined);
    if (index.get(refOf(account)) === undefined) index.put(stamp(account));
  }
}

/** Everything scheduled is available: the demo's machines never break. */
function reportReplicas(index: MeshIndex, template: Template, stamp: (object: MeshObject) => MeshObject): void {
  const { kind, namespace, name } = template;
  const workload = index.get({ group: "apps", kind, namespace, name });
  const count = template.pods.length;
  const status =
    template.kind === "DaemonSet"
      ? { desiredNumberScheduled: count, currentNumberScheduled: count, numberReady: count, numberAvailable: count }
      : { replicas: count, updatedReplicas: count, readyReplicas: count, availableReplicas: count };
  if (workload === undefined) return;
  if (JSON.stringify(workload.status) !== JSON.stringify(status)) index.put(stamp({ ...workload, status }));
}

function replace(
  index: MeshIndex,
  kind: KindKey,
  namespace: string,
  wanted: readonly MeshObject[],
  stamp: (object: MeshObject) => MeshObject,
): void {
  const names = new Set(wanted.map((item) => item.metadata.name));
  for (const present of index.list(kind, namespace))
    if (!names.has(present.metadata.name) && isDerived(present)) index.remove(refOf(present));
  for (const item of wanted) {
    const present = index.get(refOf(item));
    const same =
      present !== undefined &&
      JSON.stringify([present.spec, present.status, present["endpoints"], present.metadata.labels]) ===
        JSON.stringify([item.spec, item.status, item["endpoints"], item.metadata.labels]);
    if (!same) index.put(stamp(item));
  }
}

/** Pods that someone applied themselves have no owner and are left alone. */
function isDerived(item: MeshObject): boolean {
  return (item.metadata.ownerReferences?.length ?? 0) > 0;
}

function podsOf(template: Template): MeshObject[] {
  return template.pods.map(({ name, node }, ordinal) => {
    const proxy = { name: "istio-proxy", image: PROXY_IMAGE };
    const containers = template.mode === "sidecar" ? [...template.containers, proxy] : template.containers;
    const finished = template.kind === "CronJob";
    const ownerName = template.kind === "Deployment" ? name.slice(0, name.lastIndexOf("-")) : template.name;
    const ownerKind = { Deployment: "ReplicaSet", CronJob: "Job" }[template.kind] ?? template.kind;
    return {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        name,
        namespace: template.namespace,
        labels: {
          ...template.labels,
          ...(template.kind === "Deployment" && { "pod-template-hash": ownerName.slice(template.name.length + 1) }),
          ...(template.mode === "sidecar" && { "security.istio.io/tlsMode": "istio", "istio.io/rev": "default" }),
        },
        annotations: {
          ...template.annotations,
          ...(template.mode === "sidecar" && { "sidecar.istio.io/status": '{"containers":["istio-proxy"]}' }),
          ...(template.mode === "ambient" && { "ambient.istio.io/redirection": "enabled" }),
        },
        ownerReferences: [{ kind: ownerKind, name: template.kind === "CronJob" ? jobName(template.name) : ownerName }],
      },
      spec: { serviceAccountName: template.serviceAccount, nodeName: node, containers },
      status: {
        phase: finished ? "Succeeded" : "Running",
        podIP: addressOf(`${template.namespace}/${name}`, ordinal),
        conditions: [{ type: "Ready", status: finished ? "False" : "True" }],
        containerStatuses: containers.map((container) => ({ name: container.name, ready: !finished, restartCount: 0 })),
      },
    };
  });
}

/** The Job a CronJob made last; the digits are minutes, as the CronJob controller names them. */
export function jobName(cronJob: string): string {
  return `${cronJob}-29387520`;
}

function sliceOf(item: MeshObject, templates: readonly Template[]): MeshObject[] {
  const service = readService(item);
  if (Object.keys(service.selector).length === 0) return [];
  const endpoints = templates
    .filter((template) => template.kind !== "CronJob" && matchesLabels(service.selector, template.labels))
    .flatMap((template) =>
      template.pods.map(({ name, node }, ordinal) => ({
        addresses: [addressOf(`${template.namespace}/${name}`, ordinal)],
        conditions: { ready: true },
        nodeName: node,
        targetRef: { kind: "Pod", namespace: template.namespace, name },
      })),
    );
  return [
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: {
        name: `${service.name}-${nameSuffix(service.fqdn, 5)}`,
        namespace: service.namespace,
        labels: { "kubernetes.io/service-name": service.name },
        annotations: {},
        ownerReferences: [{ kind: "Service", name: service.name }],
      },
      addressType: "IPv4",
      endpoints,
      ports: service.ports.map((port) => ({ name: port.name, port: port.targetPort, protocol: port.protocol })),
    },
  ];
}

function addressOf(name: string, ordinal: number): string {
  const bits = hash(name) + ordinal;
  return `10.${(bits >>> 16) % 64}.${(bits >>> 8) % 256}.${1 + (bits % 254)}`;
}
