import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { EmptyMap } from "./MapStates.tsx";
import { DEFAULT_VIEW, type MapViewState } from "./viewState.ts";

function said(view: Partial<MapViewState>, warnings: readonly { code: string; message: string; hint?: string }[] = []) {
  const markup = renderToStaticMarkup(
    <EmptyMap view={{ ...DEFAULT_VIEW, ...view }} warnings={[...warnings]} onChange={() => undefined} />,
  );
  return markup.replaceAll(/<[^>]+>/g, " ");
}

describe("an empty map", () => {
  it("says that nothing was called, and offers a longer window and what is idle", () => {
    expect(said({})).toMatch(/No traffic yet.*Look at 1h.*Show idle nodes/s);
  });

  it("says that no proxy is scraped where that is so, with what to do, whatever was chosen", () => {
    const unscraped = { code: "no-istio-metrics", message: "No proxy is scraped.", hint: "Scrape port 15020." };
    const text = said({ namespaces: ["shop"] }, [unscraped]);
    expect(text).toContain("No metrics of a mesh yet");
    expect(text).toContain("No proxy is scraped. Scrape port 15020.");
  });

  it("says that the viewer may see no namespace, and which right is missing", () => {
    const unseen = { code: "no-namespace-visible", message: "You may not see any namespace.", hint: "Ask for get." };
    const text = said({ namespaces: ["shop"] }, [unseen]);
    expect(text).toMatch(/You may not see any namespace\..*Ask for get\./s);
    expect(text).not.toContain("No traffic");
  });

  it("says that the choice is empty, and offers the whole mesh", () => {
    expect(said({ namespaces: ["shop"] })).toMatch(/No traffic in what you chose.*Show the whole mesh/s);
  });
});
