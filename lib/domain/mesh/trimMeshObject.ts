/**
 * Drops what the mesh does not need, so that ten thousand pods fit in little memory and no secret is ever held:
 *   Secret, ConfigMap   data (controlPlaneConfig.ts says which ConfigMaps keep what)
 *   Pod, pod templates  all but container names and ports, proxy images, account, node; environment variables never stay
 *   ReplicaSet          an owned one is only a link from a pod to its Deployment
 *   Node                all but where it is, how it is, and the version it runs; no list of images
 *   webhooks            certificate authorities
 */
import { trimConfigMapData } from "./controlPlaneConfig.ts";
import type { MeshObject } from "./meshObject.ts";
import { optionalShape, type Shape, shape, shapes, text } from "./shape.ts";

/** Returns the object without its ballast; kinds without a rule are returned as they are. */
export function trimMeshObject(object: MeshObject): MeshObject {
  const trim = TRIMS[`${object.apiVersion.split("/", 1)[0]}/${object.kind}`];
  return trim === undefined ? object : trim(object);
}

const TRIMS: Readonly<Record<string, (object: MeshObject) => MeshObject>> = {
  "v1/Secret": withoutData,
  "v1/ConfigMap": trimConfigMap,
  "v1/Node": trimNode,
  "v1/ServiceAccount": ({ apiVersion, kind, metadata }) => ({ apiVersion, kind, metadata }),
  "v1/Pod": (object) => ({ ...object, spec: trimPodSpec(object.spec), status: trimPodStatus(object.status) }),
  "apps/Deployment": trimWorkload,
  "apps/StatefulSet": trimWorkload,
  "apps/DaemonSet": trimWorkload,
  "apps/ReplicaSet": trimReplicaSet,
  "batch/Job": trimWorkload,
  "batch/CronJob": trimCronJob,
  "argoproj.io/Rollout": trimWorkload,
  "admissionregistration.k8s.io/MutatingWebhookConfiguration": trimWebhooks,
};

function withoutData(object: MeshObject): MeshObject {
  const { data: _data, stringData: _stringData, binaryData: _binaryData, ...rest } = object;
  return rest;
}

function trimConfigMap(object: MeshObject): MeshObject {
  const data = trimConfigMapData(object.metadata.name, shape(object["data"]));
  const rest = withoutData(object);
  return data === undefined ? rest : { ...rest, data };
}

const NODE_LABELS = /^(?:topology\.|failure-domain\.|kubernetes\.io\/(?:hostname|os|arch)$)/;

/** Heartbeat times go too: they alone would be a change every few minutes. */
function trimNode({ apiVersion, kind, metadata, spec, status }: MeshObject): MeshObject {
  const labels = Object.entries(metadata.labels).filter(([key]) => NODE_LABELS.test(key));
  const state = shape(status);
  return {
    apiVersion,
    kind,
    metadata: { ...metadata, labels: Object.fromEntries(labels), annotations: {} },
    spec: pick(shape(spec), ["unschedulable"]),
    status: {
      conditions: shapes(state["conditions"]).map((condition) => pick(condition, ["type", "status", "reason"])),
      nodeInfo: pick(shape(state["nodeInfo"]), ["kubeletVersion"]),
    },
  };
}

function trimWebhooks(object: MeshObject): MeshObject {
  return {
    ...object,
    webhooks: shapes(object["webhooks"]).map((webhook) => ({
      ...webhook,
      ...trimField("clientConfig", webhook["clientConfig"], ({ caBundle: _caBundle, ...address }) => address),
    })),
  };
}

function trimWorkload(object: MeshObject): MeshObject {
  return {
    ...object,
    ...trimField("spec", object.spec, (spec) => ({
      ...spec,
      ...trimField("template", spec["template"], trimTemplate),
    })),
    ...trimField("status", object.status, ({ conditions: _conditions, ...counts }) => counts),
  };
}

function trimReplicaSet(object: MeshObject): MeshObject {
  const { apiVersion, kind, metadata } = object;
  if (metadata.ownerReferences === undefined) return trimWorkload(object);
  return { apiVersion, kind, metadata: { ...metadata, annotations: {} } };
}

function trimCronJob(object: MeshObject): MeshObject {
  return {
    ...object,
    ...trimField("spec", object.spec, (spec) => ({
      ...spec,
      ...trimField("jobTemplate", spec["jobTemplate"], (job) => ({
        ...job,
        ...trimField("spec", job["spec"], (jobSpec) => ({
          ...jobSpec,
          ...trimField("template", jobSpec["template"], trimTemplate),
        })),
      })),
    })),
  };
}

function trimTemplate(template: Shape): Shape {
  const metadata = shape(template["metadata"]);
  return {
    metadata: { labels: metadata["labels"] ?? {}, annotations: metadata["annotations"] ?? {} },
    spec: trimPodSpec(template["spec"]),
  };
}

function trimPodSpec(value: unknown): Shape {
  const spec = shape(value);
  const initContainers = shapes(spec["initContainers"]).map(trimContainer);
  return {
    containers: shapes(spec["containers"]).map(trimContainer),
    ...(initContainers.length > 0 && { initContainers }),
    ...pick(spec, ["serviceAccountName", "hostNetwork", "nodeName"]),
  };
}

function trimContainer(container: Shape): Shape {
  const image = text(container["image"]);
  return {
    name: text(container["name"]) ?? "",
    ...pick(container, ["ports", "restartPolicy"]),
    // Only the image of a proxy says something about the mesh: its version.
    ...(image !== undefined && /istio|envoy|proxyv2|ztunnel|linkerd/.test(image) && { image }),
  };
}

function trimPodStatus(value: unknown): Shape {
  const status = shape(value);
  return {
    ...pick(status, ["phase", "podIP"]),
    conditions: shapes(status["conditions"]).map((condition) => pick(condition, ["type", "status"])),
  };
}

/** `{ [name]: trimmed }` when the field is an object, else nothing, so that absent fields stay absent. */
function trimField(name: string, value: unknown, trim: (value: Shape) => Shape): Shape {
  const field = optionalShape(value);
  return field === undefined ? {} : { [name]: trim(field) };
}

function pick(from: Shape, names: readonly string[]): Shape {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}
