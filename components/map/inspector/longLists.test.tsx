import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { RequestEdge } from "#lib/domain/graph/graph.ts";
import { edgeOf, graphOf } from "#test/builders/graphWorld.ts";
import { requestRow } from "#test/builders/reports.ts";
import { Hosts } from "./Hosts.tsx";
import { Responses } from "./Responses.tsx";

function count(markup: string, text: string): number {
  return markup.split(text).length - 1;
}

test("of ten thousand hosts behind one edge a hundred are drawn, and the others counted", () => {
  const requests = Array.from({ length: 10_000 }, (_, index) =>
    requestRow({ from: "web", to: "cart-v1", service: `cart-${index}`, perSecond: 1 }),
  );
  const edge = edgeOf(graphOf({ requests }), "web", "cart-v1") as RequestEdge;
  const markup = renderToStaticMarkup(<Hosts edge={edge} />);
  expect(count(markup, "svc.cluster.local")).toBe(100);
  expect(markup).toContain("and 9,900 more");
});

test("a short list of responses says nothing of more", () => {
  const rows = [{ protocol: "http", code: "200", flags: "-", perSecond: 1, percent: 100 }] as const;
  expect(renderToStaticMarkup(<Responses rows={rows} />)).not.toContain("more");
});
