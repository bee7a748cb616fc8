import { expect, it } from "vitest";
import { ClusterSet } from "./clusterSet.ts";
import { unusableCluster } from "./unusableCluster.ts";

const home = unusableCluster({ cluster: "home", message: "", hint: "", sinceSeconds: 0 });

it("says that a search failed, also for a reason that nobody thought of, and searches again", async () => {
  let searches = 0;
  const set = new ClusterSet({
    fixed: [home],
    find: async () => {
      searches += 1;
      throw new TypeError("nobody thought of this");
    },
    findEveryMs: 1,
    nowSeconds: () => 100,
  });
  set.start();
  await expect.poll(() => searches).toBeGreaterThan(1);
  expect(set.findStatus).toMatchObject({
    state: "failing",
    message: expect.stringContaining("nobody thought of this"),
  });
  expect(set.sources).toEqual([home]);
  await set.close();
});
