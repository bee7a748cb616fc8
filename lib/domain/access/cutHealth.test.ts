import { describe, expect, it } from "vitest";
import { cutHealth } from "./cutHealth.ts";

const entry = (namespace: string) => ({ namespace, kind: ".*", name: ".*", tolerance: [] });

describe("tolerances that are set", () => {
  it("are told where they can apply to a namespace that is seen", () => {
    const config = { rate: [entry("bank-.*"), entry("shop|bank"), entry(".*")] };
    const cut = cutHealth(config, new Set(["shop"]));
    expect(cut.rate.map(({ namespace }) => namespace)).toEqual(["shop|bank", ".*"]);
  });

  it("are not told to who sees no namespace", () => {
    expect(cutHealth({ rate: [entry(".*")] }, new Set())).toEqual({ rate: [] });
  });
});
