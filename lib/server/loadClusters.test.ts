import { afterAll, describe, expect, it } from "vitest";
import { clustersSchema } from "#lib/api/clusters.ts";
import { EVERYTHING, type Sight } from "#lib/domain/access/sight.ts";
import type { ClusterSource, SourceStatus } from "#lib/ports.ts";
import { demoAtRest, never } from "#test/builders/demo.ts";
import { sightOf } from "#test/builders/sights.ts";
import { ANONYMOUS, openAccess } from "./access/accessControl.ts";
import { loadClusters } from "./loadClusters.ts";
import { unusableCluster } from "./unusableCluster.ts";

const demo = demoAtRest();
afterAll(() => demo.mesh.close());

const lost = unusableCluster({ cluster: "lost", message: "10.0.0.7 is gone", hint: "Look there.", sinceSeconds: 7 });

async function load(sight: Sight, clusters: readonly ClusterSource[], clusterSearch?: SourceStatus) {
  const access = { ...openAccess, sightOf: async () => sight };
  return clustersSchema.parse(await loadClusters({ clusters, clusterSearch, access }, ANONYMOUS, never));
}

describe("clusters", () => {
  it("each have a state of their own: one that fails is told beside those that answer", async () => {
    const { clusters } = await load(EVERYTHING, [...demo.mesh.clusters, lost]);
    expect(clusters.map(({ cluster, status }) => `${cluster} ${status.state}`)).toEqual([
      "primary ok",
      "west ok",
      "lost failing",
    ]);
    const services = clusters[0]?.kinds.find(({ group, kind }) => group === "" && kind === "Service");
    expect(services?.objects).toBe(demo.mesh.clusters[0]?.snapshot().index.count("/Service"));
  });

  it("are only those a viewer sees something of, with the kinds that may be listed and no addresses", async () => {
    const sight = sightOf({ primary: { bookinfo: ["/Service"] }, lost: {} });
    const document = await load(sight, [...demo.mesh.clusters, lost]);
    expect(document.clusters.map(({ cluster, namespaces }) => [cluster, namespaces])).toEqual([
      ["primary", 1],
      ["lost", 0],
    ]);
    expect(document.clusters[0]?.kinds.map(({ kind }) => kind)).toEqual(["Service"]);
    expect(JSON.stringify(document)).not.toContain("10.0.0.7");
  });

  it("say why remote secrets cannot be read, to who sees everything", async () => {
    const search = {
      state: "failing",
      sinceSeconds: 1,
      kind: "denied",
      message: "secrets is forbidden",
      hint: "Grant list on secrets.",
    } as const;
    const { warnings } = await load(EVERYTHING, [], search);
    expect(warnings).toEqual([
      {
        code: "remote-secrets",
        message: "Remote secrets cannot be read: secrets is forbidden",
        hint: "Grant list on secrets.",
      },
    ]);
    expect((await load(sightOf({}), [], search)).warnings).toEqual([]);
  });
});
