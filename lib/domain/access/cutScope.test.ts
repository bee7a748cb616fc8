import { describe, expect, it } from "vitest";
import { parseScope } from "#lib/api/query.ts";
import { formatScope } from "#lib/api/series.ts";
import { sightOf } from "#test/builders/sights.ts";
import { cutScope } from "./cutScope.ts";
import { EVERYTHING, type Sight } from "./sight.ts";

const CLUSTERS = ["east", "west"];
/** shop in both clusters, cart in one. */
const viewer = sightOf({ east: { shop: "all", cart: "all" }, west: { shop: "all" } });

function cut(written: string, sight: Sight = viewer, direction: "inbound" | "outbound" = "inbound"): string {
  const scope = parseScope(written);
  if (scope === undefined) throw new Error(`${written} is no scope`);
  const result = cutScope({ scope, direction }, sight, CLUSTERS, () => false);
  return "refused" in result ? result.refused : result.scopes.map(formatScope).join(" + ");
}

describe("the scope of a viewer's charts", () => {
  it("is as it was asked for who sees everything", () => {
    expect(cut("mesh", EVERYTHING)).toBe("mesh");
    expect(cut("workload:bank/ledger", EVERYTHING)).toBe("workload:bank/ledger");
  });

  it("is of the visible namespaces where the mesh was asked for", () => {
    expect(cut("mesh")).toBe("namespaces:cart,shop@east + namespaces:shop@west");
    expect(cut("mesh", sightOf({ east: { shop: "all" }, west: { shop: "all" } }))).toBe("namespaces:shop");
    expect(cut("mesh", sightOf({ east: { "*": "all" } }))).toBe("cluster:@east");
    expect(cut("mesh", sightOf({ east: { "*": "all" }, west: { "*": "all" } }))).toBe("mesh");
    expect(cut("mesh", sightOf({}))).toBe("");
  });

  it("is of what may be seen of a cluster", () => {
    expect(cut("cluster:@west")).toBe("namespaces:shop@west");
  });

  it("stays where the namespace may be seen in every cluster, and is pinned to those where it may be", () => {
    expect(cut("workload:shop/web")).toBe("workload:shop/web");
    expect(cut("workload:cart/db")).toBe("workload:cart/db@east");
    expect(cut("namespaces:shop,cart")).toBe("namespaces:shop,cart@east");
  });

  it.each([
    "workload:bank/ledger",
    "workload:bank/ledger@east",
    "app:bank/ledger/v1",
    "service:bank/ledger",
    "operation:bank/Transfer",
    "namespaces:shop,bank",
    "edge:workload:shop/web>workload:bank/ledger",
    "edge:namespaces:bank>workload:shop/web",
  ])("of a hidden namespace is refused: %s", (scope) => {
    expect(cut(scope)).toBe("You may not see namespace bank.");
    expect(cut(scope.replace("bank", "nowhere"))).toBe("You may not see namespace nowhere.");
  });

  it("is refused for a namespace of another cluster than those where it may be seen", () => {
    expect(cut("workload:cart/db@west")).toBe("You may not see namespace cart.");
    expect(cut("workload:cart/db@nowhere")).toBe("You may not see namespace cart.");
  });

  it("asks for the cluster where no single one shows all that is named", () => {
    const split = sightOf({ east: { shop: "all" }, west: { cart: "all" } });
    expect(cut("namespaces:shop,cart", split)).toBe(
      "You may not see all of these namespaces in one cluster: name the cluster.",
    );
  });

  it("is refused for a cluster of which nothing may be seen as for one that is not there", () => {
    const east = sightOf({ east: { shop: "all" } });
    for (const kind of ["cluster", "unknown", "passthrough"]) {
      expect(cut(`${kind}:@west`, east)).toBe("You may not see cluster west.");
      expect(cut(`${kind}:@nowhere`, east)).toBe("You may not see cluster nowhere.");
    }
    expect(cut("hosts:a.example@west", east)).toBe("You may not see cluster west.");
  });

  it("is of a cluster that is not read where the namespace may be seen in all that are", () => {
    const shop = sightOf({ east: { shop: "all" }, west: { shop: "all" } });
    expect(cut("workload:shop/web@Kubernetes", shop)).toBe("workload:shop/web@Kubernetes");
    expect(cut("cluster:@Kubernetes", shop)).toBe("namespaces:shop@Kubernetes");
    expect(cut("unknown:@Kubernetes", shop)).toBe("edge:namespaces:shop>unknown:@Kubernetes");
    expect(cut("workload:cart/db@Kubernetes")).toBe("You may not see namespace cart.");
    expect(cut("cluster:@Kubernetes")).toBe("You may not see cluster Kubernetes.");
  });

  it("leaves out calls that may be of a hidden namespace of the same name in another cluster", () => {
    const scopes = (written: string, namesake: string) => {
      const scope = parseScope(written);
      if (scope === undefined) throw new Error("no scope");
      const holds = (cluster: string, namespace: string) => `${namespace}@${cluster}` === namesake;
      return JSON.stringify(cutScope({ scope, direction: "inbound" }, viewer, CLUSTERS, holds));
    };
    for (const written of ["mesh", "workload:cart/db", "namespaces:cart@east", "edge:unknown:>service:cart/db"]) {
      expect(scopes(written, "cart@west"), written).toContain('"exact":true');
      expect(scopes(written, "bank@west"), written).not.toContain("exact");
    }
    expect(scopes("workload:shop/web@east", "shop@west")).not.toContain("exact");
  });

  it("is refused where it would be many questions", () => {
    const many = Array.from({ length: 9 }, (_, at) => `c${at}`);
    const some = sightOf(Object.fromEntries(many.slice(0, 7).map((name) => [name, { shop: "all" as const }])));
    const scope = parseScope("edge:workload:shop/web>workload:shop/cart");
    if (scope === undefined) throw new Error("no scope");
    const refused = { refused: expect.stringContaining("name the cluster") };
    expect(cutScope({ scope, direction: "inbound" }, some, many, () => false)).toEqual(refused);
  });

  it("holds only the visible side of what is nobody's", () => {
    const east = sightOf({ east: { shop: "all" } });
    expect(cut("hosts:a.example,b.example", east)).toBe("edge:namespaces:shop@east>hosts:a.example,b.example");
    expect(cut("hosts:a.example", east, "outbound")).toBe("edge:hosts:a.example>namespaces:shop@east");
    expect(cut("unknown:@east", east, "outbound")).toBe("edge:unknown:@east>namespaces:shop@east");
    expect(cut("service:/a.example", east)).toBe("edge:namespaces:shop@east>service:/a.example");
  });

  it("may name a hidden service by its host, as its visible caller does", () => {
    const edge = "edge:workload:shop/web>hosts:ledger.bank.svc.cluster.local";
    expect(cut(edge)).toBe(edge);
  });

  it("is refused for calls between nobody and nobody", () => {
    expect(cut("edge:unknown:>hosts:a.example")).toMatch(/neither end/);
  });
});
