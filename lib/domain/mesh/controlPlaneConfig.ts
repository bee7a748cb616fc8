/**
 * The ConfigMaps of a control plane, as istiod names and fills them:
 *   istio, istio-<revision>                   mesh, meshNetworks   the mesh configuration
 *   istio-sidecar-injector[-<revision>]       config, values       what is injected, and what istiod was installed with
 *   istio-ca-root-cert                        root-cert.pem        the certificate that every proxy trusts
 * Others named istio-* hold the locks of leaders, which are renewed every few seconds.
 */
import type { MeshObject } from "./meshObject.ts";
import { type Shape, shape, text } from "./shape.ts";

const KEPT = ["mesh", "meshNetworks", "values", "root-cert.pem"] as const;

/** Whether a ConfigMap of a control plane's namespace says something about the mesh. */
export function isControlPlaneConfig({ metadata, ...object }: MeshObject): boolean {
  return metadata.name.startsWith("istio") && Object.keys(shape(object["data"])).length > 0;
}

/** What of a ConfigMap's data is kept; undefined for those that are not a control plane's. */
export function trimConfigMapData(name: string, data: Shape): Record<string, string> | undefined {
  if (!name.startsWith("istio")) return undefined;
  const kept: Record<string, string> = {};
  for (const key of KEPT) {
    const value = text(data[key]);
    if (value !== undefined) kept[key] = value;
  }
  const config = text(data["config"]);
  return config === undefined ? kept : { ...kept, config: withoutTemplates(config) };
}

/**
 * The injector's configuration with the names of its templates and without their text (some 100 KB):
 *
 *   policy: enabled            policy: enabled
 *   templates:                 templates:
 *     sidecar: |         ─▶      sidecar: ""
 *       metadata: …              gateway: ""
 *     gateway: |
 *       metadata: …
 *
 * By lines, since the text is large and its writer (Istio's chart) writes block style.
 */
function withoutTemplates(config: string): string {
  const kept: string[] = [];
  let isTemplates = false;
  let indent: string | undefined;
  for (const line of config.split("\n")) {
    if (/^\S/.test(line)) {
      isTemplates = /^templates:\s*$/.test(line);
      indent = undefined;
    } else if (isTemplates) {
      const [, space = "", name] = /^(\s+)([\w.-]+):/.exec(line) ?? [];
      if (name === undefined) continue;
      indent ??= space;
      if (space === indent) kept.push(`${indent}${name}: ""`);
      continue;
    }
    kept.push(line);
  }
  return kept.join("\n");
}
