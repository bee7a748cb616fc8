import { afterAll, describe, expect, it } from "vitest";
import { clustersSchema } from "#lib/api/clusters.ts";
import { EVERYTHING, type Sight } from "#lib/domain/access/sight.ts";
import type { GatewayCertificate } from "#lib/domain/mesh/gatewayCertificate.ts";
import type { ClusterSource, SourceStatus } from "#lib/ports.ts";
import { demoAtRest, NOON, never } from "#test/builders/demo.ts";
import { sightOf } from "#test/builders/sights.ts";
import { ANONYMOUS, openAccess } from "./access/accessControl.ts";
import { loadClusters } from "./loadClusters.ts";
import { unusableCluster } from "./unusableCluster.ts";

const demo = demoAtRest();
afterAll(() => demo.mesh.close());

const lost = unusableCluster({ cluster: "lost", message: "10.0.0.7 is gone", hint: "Look there.", sinceSeconds: 7 });

async function load(sight: Sight, clusters: readonly ClusterSource[], clusterSearch?: SourceStatus) {
  const access = { ...openAccess, sightOf: async () => sight };
  return clustersSchema.parse(
    await loadClusters({ clusters, clusterSearch, access, clock: demo.clock }, ANONYMOUS, never),
  );
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
    expect(document.clusters[1]?.status).toMatchObject({ message: "The cluster refused the question." });
  });

  it("tell how the certificates of gateways stand, worst first, to who may see a gateway that serves them", async () => {
    const [primary] = demo.mesh.clusters;
    if (primary === undefined) throw new Error("the demo has a cluster");
    const day = 86_400;
    const gateway = (namespace: string) => ({
      gateway: { group: "networking.istio.io", kind: "Gateway", namespace, name: "web" },
      server: "https",
    });
    const leaf = (endsInDays: number) => ({
      subject: "CN=web",
      issuer: "CN=ca",
      notBeforeSeconds: NOON - 60 * day,
      expiresAtSeconds: NOON + endsInDays * day,
      dnsNames: ["web.example"],
      keyAlgorithm: "Ed25519",
    });
    const ok = (name: string, endsInDays: number) =>
      ({ namespace: "bookinfo", name, state: "ok", leaf: leaf(endsInDays), chain: [], authorities: [] }) as const;
    const certificates: GatewayCertificate[] = [
      { ...ok("far", 300), usedBy: [gateway("bookinfo")] },
      { ...ok("near", 5), usedBy: [gateway("bookinfo"), gateway("travel-agency")] },
      { ...ok("over", -1), usedBy: [gateway("bookinfo")] },
      { ...ok("foreign", 5), usedBy: [gateway("travel-agency")] },
      {
        namespace: "bookinfo",
        name: "gone",
        state: "missing",
        message: "no such Secret",
        usedBy: [gateway("bookinfo")],
      },
    ];
    const source = { ...primary, snapshot: () => ({ ...primary.snapshot(), certificates }) };
    const { clusters } = await load(sightOf({ primary: { bookinfo: ["networking.istio.io/Gateway"] } }), [source]);
    expect(clusters[0]?.certificates?.map(({ name, state }) => `${name} ${state}`)).toEqual([
      "gone missing",
      "over expired",
      "near expiring",
      "far valid",
    ]);
    expect(JSON.stringify(clusters)).not.toContain("travel-agency");
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
