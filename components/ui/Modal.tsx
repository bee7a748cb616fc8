"use client";
import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";
import { IconButton } from "./Button.tsx";

/** A dialog over the page. Escape, the cross and a click beside it close it. */
export function Modal(props: {
  readonly title: string;
  readonly open: boolean;
  readonly onOpenChange: (open: boolean) => void;
  readonly children: ReactNode;
}) {
  return (
    <Dialog.Root open={props.open} onOpenChange={props.onOpenChange}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity duration-160 data-starting-style:opacity-0 data-ending-style:opacity-0" />
        <Dialog.Popup className="fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-48px)] w-120 max-w-[calc(100vw-32px)] -translate-1/2 overflow-auto rounded-md border border-hairline bg-panel p-5 text-13 text-ink shadow-overlay outline-none transition-opacity duration-160 data-starting-style:opacity-0 data-ending-style:opacity-0">
          <div className="mb-3 flex items-center justify-between">
            <Dialog.Title className="text-16 font-semibold">{props.title}</Dialog.Title>
            <Dialog.Close
              render={
                <IconButton name="Close">
                  <X aria-hidden size={16} />
                </IconButton>
              }
            />
          </div>
          {props.children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
