/** `npm run rbac`: writes the roles that deploy/kustomize gives Meshscope. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { rbacFiles } from "./rbacFiles.ts";

for (const [path, content] of rbacFiles()) {
  const file = join("deploy/kustomize", path);
  await writeFile(file, content);
  console.log(`wrote ${file}`);
}
