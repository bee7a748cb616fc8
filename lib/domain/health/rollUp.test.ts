import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HEALTH_ORDER, worseHealth } from "./health.ts";
import { rollUp, rollUpBy, unhealthyCount } from "./rollUp.ts";

const member = fc.record({
  health: fc.constantFrom(...HEALTH_ORDER),
  group: fc.constantFrom("shop", "pay", undefined),
});

describe("rolling up", () => {
  it("gives a whole its worst member's health and counts the rest", () => {
    const shop = rollUp([{ health: "healthy" }, { health: "failing" }, { health: "healthy" }, { health: "notReady" }]);
    expect(shop).toEqual({
      health: "failing",
      counts: { unknown: 0, healthy: 2, notReady: 1, degraded: 0, failing: 1 },
    });
    expect(unhealthyCount(shop)).toBe(1);
    expect(rollUp([]).health).toBe("unknown");
  });

  it("is never better than a member, and loses none", () => {
    fc.assert(
      fc.property(fc.array(member), (members) => {
        const whole = rollUp(members);
        for (const { health } of members) expect(worseHealth(whole.health, health)).toBe(whole.health);
        expect(Object.values(whole.counts).reduce((sum, count) => sum + count, 0)).toBe(members.length);
      }),
    );
  });

  it("comes to the same whether in one step or by groups", () => {
    fc.assert(
      fc.property(fc.array(member), (members) => {
        const grouped = rollUpBy(members, ({ group }) => group ?? "none");
        expect(rollUp(grouped.values()).health).toBe(rollUp(members).health);
      }),
    );
  });

  it("leaves out what belongs to no group", () => {
    const groups = rollUpBy(
      [
        { health: "failing" as const, group: undefined },
        { health: "healthy" as const, group: "shop" },
      ],
      ({ group }) => group,
    );
    expect([...groups.keys()]).toEqual(["shop"]);
  });
});
