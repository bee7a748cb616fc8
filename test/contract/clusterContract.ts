/** What every ClusterSource promises, run against each of them in cluster.contract.test.ts. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { buildMeshNodes } from "#lib/domain/mesh/buildMeshNodes.ts";
import type { MeshObject, ObjectRef } from "#lib/domain/mesh/meshObject.ts";
import type { ClusterSource } from "#lib/ports.ts";
import { meshObject } from "#test/builders/meshObjects.ts";

/** A source with a way to change its cluster from outside. It holds a Namespace bookinfo, a Service, a Pod and a VirtualService at least. */
export type ClusterUnderTest = {
  readonly source: ClusterSource;
  put(object: MeshObject): Promise<void>;
  remove(ref: ObjectRef): Promise<void>;
  close(): Promise<void>;
};

const addition = meshObject("networking.istio.io/v1/DestinationRule", "bookinfo/contract-added", {
  spec: { host: "contract.example.com" },
});
const added: ObjectRef = {
  group: "networking.istio.io",
  kind: "DestinationRule",
  namespace: "bookinfo",
  name: "contract-added",
};

/** Declares the assertions; `setup` makes a fresh source that has not been started. */
export function clusterContract(name: string, setup: () => Promise<ClusterUnderTest>): void {
  describe(`ClusterSource: ${name}`, () => {
    let opened: ClusterUnderTest[] = [];
    afterEach(async () => {
      await Promise.all(opened.map((cluster) => cluster.close()));
      opened = [];
    });

    async function open(): Promise<ClusterUnderTest> {
      const cluster = await setup();
      opened.push(cluster);
      return cluster;
    }

    async function openSynced(): Promise<ClusterUnderTest> {
      const cluster = await open();
      cluster.source.start();
      await vi.waitFor(() => {
        const { status, kinds } = cluster.source.snapshot();
        expect(status.state).toBe("ok");
        expect(kinds.filter(({ state }) => state === "listing")).toEqual([]);
      });
      return cluster;
    }

    test("holds the cluster's objects once it is ok, each kind watched or said to be absent", async () => {
      const { source } = await openSynced();
      const { index, cluster, kinds } = source.snapshot();
      expect(cluster).toBe(source.cluster);
      for (const kind of ["/Namespace", "/Service", "/Pod", "networking.istio.io/VirtualService"] as const)
        expect(index.count(kind), kind).toBeGreaterThan(0);
      expect(kinds.length).toBeGreaterThan(0);
      expect(kinds.filter(({ state }) => state !== "watching" && state !== "absent")).toEqual([]);
    });

    test("starting twice is starting once", async () => {
      const { source } = await openSynced();
      const { version } = source.snapshot();
      source.start();
      expect(source.snapshot().version).toBe(version);
    });

    test("an object that is added shows up, raises the version and is told to listeners", async () => {
      const cluster = await openSynced();
      const before = cluster.source.snapshot().version;
      const listener = vi.fn();
      cluster.source.onChange(listener);
      await cluster.put(addition);
      await vi.waitFor(() => expect(cluster.source.snapshot().index.get(added)?.spec).toEqual(addition.spec));
      await vi.waitFor(() => expect(listener).toHaveBeenCalled());
      expect(cluster.source.snapshot().version).toBeGreaterThan(before);
    });

    test("a changed object replaces what was known of it", async () => {
      const cluster = await openSynced();
      await cluster.put(addition);
      await cluster.put({ ...addition, spec: { host: "other.example.com" } });
      await vi.waitFor(() =>
        expect(cluster.source.snapshot().index.get(added)?.spec).toEqual({ host: "other.example.com" }),
      );
    });

    test("an object that is removed disappears", async () => {
      const cluster = await openSynced();
      await cluster.put(addition);
      await vi.waitFor(() => expect(cluster.source.snapshot().index.get(added)).toBeDefined());
      await cluster.remove(added);
      await vi.waitFor(() => expect(cluster.source.snapshot().index.get(added)).toBeUndefined());
    });

    test("a listener that stopped listening hears nothing more", async () => {
      const cluster = await openSynced();
      const gone = vi.fn();
      const staying = vi.fn();
      const stop = cluster.source.onChange(gone);
      cluster.source.onChange(staying);
      stop();
      gone.mockClear();
      await cluster.put(addition);
      await vi.waitFor(() => expect(staying).toHaveBeenCalled());
      expect(gone).not.toHaveBeenCalled();
    });

    test("its objects make a node table in which services know their workloads", async () => {
      const { source } = await openSynced();
      const nodes = buildMeshNodes(source.cluster, source.snapshot().index);
      expect(nodes.namespaces.length).toBeGreaterThan(0);
      expect(nodes.services.some(({ workloads }) => workloads.length > 0)).toBe(true);
    });

    test("closing twice is closing once, and the last state stays readable", async () => {
      const { source } = await openSynced();
      await source.close();
      await source.close();
      expect(source.snapshot().index.count("/Service")).toBeGreaterThan(0);
    });
  });
}
