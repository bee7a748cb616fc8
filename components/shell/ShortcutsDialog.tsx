"use client";
import { type ReactNode, useEffect, useState } from "react";
import { Key } from "#components/ui/Key.tsx";
import { Modal } from "#components/ui/Modal.tsx";
import { isTyping } from "./typing.ts";

const SHORTCUTS: readonly {
  readonly title: string;
  readonly keys: readonly (readonly [keys: string, does: string])[];
}[] = [
  {
    title: "Anywhere",
    keys: [
      ["/", "Find on the map"],
      ["?", "Show these shortcuts"],
      ["Esc", "Close, clear the find box, or clear the selection"],
    ],
  },
  {
    title: "On the map",
    keys: [
      ["← ↑ → ↓", "Move to the nearest node"],
      ["Enter", "Select"],
      ["[ ]", "Previous or next edge of the node"],
      ["f", "Only what is 1, 2, 3 hops around the node, then all"],
      ["b", "Select the box around the node; again for the next one out"],
      ["c C", "Fold or unfold the namespace, the cluster"],
      ["+ −", "Zoom"],
      ["0", "Fit the whole map"],
    ],
  },
  {
    title: "On the time strip",
    keys: [
      ["← →", "Move the moment shown"],
      ["End", "Back to now"],
    ],
  },
];

/** The dialog and the way to open it; `?` opens it too. */
export function useShortcutsDialog(): { readonly open: () => void; readonly dialog: ReactNode } {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "?" || event.ctrlKey || event.metaKey || isTyping(event)) return;
      event.preventDefault();
      setOpen(true);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  const dialog = (
    <Modal title="Keyboard shortcuts" open={isOpen} onOpenChange={setOpen}>
      {SHORTCUTS.map((group) => (
        <section key={group.title} className="mt-4">
          <h3 className="mb-1 text-12 font-medium text-ink-3">{group.title}</h3>
          <dl className="grid grid-cols-[7rem_1fr] gap-y-1.5">
            {group.keys.map(([keys, does]) => (
              <div key={keys} className="contents">
                <dt className="flex gap-1">
                  {keys.split(" ").map((key) => (
                    <Key key={key}>{key}</Key>
                  ))}
                </dt>
                <dd className="text-ink-2">{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </Modal>
  );
  return { open: () => setOpen(true), dialog };
}
