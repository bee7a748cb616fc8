/**
 * One object by its name. A list with a field selector is a question about the whole cluster, which no Role allows;
 * `GET /api/v1/namespaces/shop` is authorized within the namespace shop, so a Role there may grant it.
 * @see https://github.com/kubernetes/apiserver/blob/master/pkg/endpoints/request/requestinfo.go
 */
import type { MeshObject } from "#lib/domain/mesh/meshObject.ts";
import { SourceError } from "#lib/ports.ts";
import { type KubeClient, pathSegment } from "./kubeClient.ts";
import { statusCodeOf } from "./kubeError.ts";
import { decodeItem, type WatchedType } from "./watchEvents.ts";

/** The object, or undefined when there is none. Rejects with SourceError; 403 when that is not allowed either. */
export async function readNamed(
  options: { readonly client: KubeClient; readonly path: string; readonly name: string; readonly type: WatchedType },
  signal: AbortSignal,
): Promise<MeshObject | undefined> {
  const path = `${options.path}/${pathSegment(options.name)}`;
  const answer = await options.client.getJson({ path, signal }).catch((cause: unknown) => {
    if (statusCodeOf(cause) === 404) return;
    throw cause;
  });
  if (answer === undefined) return;
  const { object, problem } = decodeItem(answer, options.type);
  if (object !== undefined) return object;
  throw new SourceError({
    source: "kubernetes",
    kind: "malformed",
    message: `${path}: ${problem}`,
    hint: "Does the address lead to a Kubernetes API server, or to a login page before it?",
  });
}
