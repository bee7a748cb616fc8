/**
 * What it costs to know what a viewer may see in 2,000 namespaces: questions, time until the first answer, time of an
 * answer that is kept, memory. The fake API server runs in a process of its own: node --expose-gc bench/viewerRights.ts
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { cpus } from "node:os";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { createKubeClient } from "#lib/adapters/kubernetes/kubeClient.ts";
import { directConnection } from "#lib/adapters/kubernetes/kubeConnection.ts";
import { createKubernetesCluster } from "#lib/adapters/kubernetes/kubernetesCluster.ts";
import { createKubernetesAccess } from "#lib/server/access/kubernetesAccess.ts";
import { meshObject } from "#test/builders/meshObjects.ts";
import { startFakeApiServer } from "#test/kubernetes/fakeApiServer.ts";
import { RbacAuthorizer } from "#test/kubernetes/rbac.ts";
import { bind, role } from "#test/kubernetes/rbacObjects.ts";
import { toWire } from "#test/kubernetes/wireObjects.ts";

const NAMESPACES = Array.from({ length: 2_000 }, (_, number) => `ns-${number}`);
const VIEWERS = ["administrator", "cluster-wide view", "50 namespaces", "1000 namespaces", "50 namespaces, webhook"];

async function serve(): Promise<void> {
  const server = await startFakeApiServer();
  for (const namespace of NAMESPACES) {
    server.store.put(toWire(meshObject("v1/Namespace", namespace)));
    server.store.put(toWire(meshObject("v1/Service", `${namespace}/web`)));
    server.store.put(toWire(meshObject("v1/Pod", `${namespace}/web-1`)));
    server.store.put(toWire(meshObject("networking.istio.io/v1/VirtualService", `${namespace}/web`)));
  }
  const view = role("view", [{ verbs: ["get", "list"], apiGroups: ["", "apps"], resources: ["*"] }]);
  const within = (user: string, count: number) =>
    NAMESPACES.slice(0, count).map((namespace) => bind("view", { user }, namespace));
  const rbac = new RbacAuthorizer([
    view,
    bind("view", { user: "cluster-wide view" }),
    ...within("50 namespaces", 50),
    ...within("1000 namespaces", 1_000),
    ...within("50 namespaces, webhook", 50),
  ]);
  server.users.set("own", { user: "meshscope", groups: ["system:masters"] });
  for (const user of VIEWERS)
    server.users.set(tokenOf(user), { user, groups: user === "administrator" ? ["system:masters"] : [] });
  server.rbac = rbac;
  process.on("message", (message) => {
    if (message === "webhook") server.webhook = new RbacAuthorizer([]);
    process.send?.({ questions: server.requests.filter(({ resource }) => resource?.endsWith("reviews")).length });
  });
  process.send?.({ url: server.url });
}

function tokenOf(user: string): string {
  return user.replaceAll(/[ ,]+/g, "-");
}

async function measure(): Promise<void> {
  const child = fork(import.meta.filename, ["serve"]);
  const [{ url }] = (await once(child, "message")) as [{ url: string }];
  const questions = async (message: string): Promise<number> => {
    child.send(message);
    const [answer] = (await once(child, "message")) as [{ questions: number }];
    return answer.questions;
  };
  const clock = { nowSeconds: () => Date.now() / 1000 };
  const client = createKubeClient(async () => directConnection(url, { token: "own" }));
  const source = createKubernetesCluster({ client, cluster: "east", clock, random: Math.random });
  source.start();
  while (source.snapshot().kinds.some(({ state }) => state === "listing"))
    await new Promise((resolve) => setTimeout(resolve, 50));
  const access = createKubernetesAccess({ clusters: () => [source], clock });
  const { signal } = new AbortController();
  console.log(`${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.version}, ${NAMESPACES.length} namespaces`);
  let before = 0;
  for (const user of VIEWERS) {
    before = await questions(user.endsWith("webhook") ? "webhook" : "count");
    globalThis.gc?.();
    const heap = process.memoryUsage().heapUsed;
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const viewer = { credentials: { kind: "bearer", token: tokenOf(user) } } as const;
    const start = performance.now();
    const sight = await access.sightOf(viewer, signal);
    const firstMs = performance.now() - start;
    delay.disable();
    const kept = performance.now();
    for (let time = 0; time < 1_000; time += 1) await access.sightOf(viewer, signal);
    const keptMs = (performance.now() - kept) / 1_000;
    globalThis.gc?.();
    const seen = sight.clusters === "everything" ? undefined : sight.clusters.get("east");
    console.log(
      [
        user.padEnd(24),
        `${(await questions("count")) - before} questions`.padStart(16),
        `${firstMs.toFixed(0)} ms`.padStart(8),
        `kept ${keptMs.toFixed(3)} ms`.padStart(14),
        `loop ${(delay.max / 1e6).toFixed(0)} ms`.padStart(12),
        `${((process.memoryUsage().heapUsed - heap) / 1024).toFixed(0)} KB`.padStart(10),
        seen?.everyNamespace === true ? "every namespace" : `${seen?.namespaces.size} namespaces`,
      ].join("  "),
    );
  }
  await source.close();
  await client.close();
  child.kill();
}

await (process.argv[2] === "serve" ? serve() : measure());
