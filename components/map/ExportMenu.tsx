"use client";
import { Menu } from "@base-ui/react/menu";
import { Download } from "lucide-react";
import { useState } from "react";
import { controlClass } from "#components/ui/Button.tsx";
import { POPUP, POPUP_ITEM } from "#components/ui/popup.ts";
import { exportUrl } from "./exportUrl.ts";
import type { FoldPlan } from "./foldPlan.ts";
import type { MapViewState } from "./viewState.ts";

const FORMATS = [
  ["json", "JSON"],
  ["csv", "CSV, one line an edge"],
  ["dot", "DOT for Graphviz"],
  ["cytoscape", "Cytoscape JSON"],
] as const;

/** What is shown, for other tools and other people: files by the API's own links, which can also be copied into scripts. */
export function ExportMenu({ view, plan }: { readonly view: MapViewState; readonly plan: FoldPlan | undefined }) {
  const [copied, setCopied] = useState("");
  const copy = (what: string, url: string) => {
    navigator.clipboard.writeText(url).then(
      () => setCopied(`${what} copied`),
      () => setCopied("The browser does not allow copying"),
    );
  };
  return (
    <Menu.Root modal={false} onOpenChange={() => setCopied("")}>
      <Menu.Trigger className={controlClass()} aria-label="Export" title="Export what is shown">
        <Download aria-hidden size={14} className="text-ink-3" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="end" className="z-50">
          <Menu.Popup className={POPUP}>
            {FORMATS.map(([format, name]) => (
              <Menu.Item
                key={format}
                className={POPUP_ITEM}
                render={
                  // The menu gives it its text.
                  <a href={exportUrl(view, plan, format)} download={`mesh.${format === "cytoscape" ? "json" : format}`}>
                    {name}
                  </a>
                }
              />
            ))}
            <Menu.Separator className="my-1 h-px bg-hairline" />
            <Menu.Item closeOnClick={false} className={POPUP_ITEM} onClick={() => copy("Link", location.href)}>
              Copy link to this view
            </Menu.Item>
            <Menu.Item
              closeOnClick={false}
              className={POPUP_ITEM}
              onClick={() => copy("Address", new URL(exportUrl(view, plan, "json"), location.href).href)}
            >
              Copy address for scripts
            </Menu.Item>
            <p role="status" className="px-2 text-12 text-ink-2">
              {copied}
            </p>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
