import { expect, test } from "vitest";
import { compareVersions } from "./apiVersions.ts";

test("prefers v1, then stable to beta to alpha, and new to old", () => {
  const ranked = ["v1", "v12", "v2", "v2beta1", "v1beta10", "v1beta2", "v1alpha3", "v1alpha1", "internal"];
  for (const given of [[...ranked].reverse(), [...ranked].sort()]) expect(given.sort(compareVersions)).toEqual(ranked);
});
