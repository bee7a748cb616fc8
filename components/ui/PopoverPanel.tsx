"use client";
import { Popover } from "@base-ui/react/popover";
import clsx from "clsx";
import type { ReactElement, ReactNode } from "react";
import { POPUP } from "./popup.ts";

/** A button that opens a titled panel with content of its own; with `onHover` also while the pointer rests on it. */
export function PopoverPanel(props: {
  readonly trigger: ReactElement;
  readonly title: string;
  readonly align?: "start" | "center" | "end";
  readonly side?: "top" | "bottom";
  readonly onHover?: boolean;
  readonly open?: boolean;
  readonly onOpenChange?: (open: boolean) => void;
  readonly className?: string;
  readonly children: ReactNode;
}) {
  const control = props.open === undefined ? {} : { open: props.open };
  return (
    <Popover.Root {...control} onOpenChange={(open) => props.onOpenChange?.(open)}>
      <Popover.Trigger render={props.trigger} openOnHover={props.onHover ?? false} delay={120} closeDelay={200} />
      <Popover.Portal>
        <Popover.Positioner
          sideOffset={4}
          side={props.side ?? "bottom"}
          align={props.align ?? "start"}
          collisionPadding={8}
          className="z-50"
        >
          <Popover.Popup className={clsx(POPUP, "max-w-[calc(100vw-16px)] p-3!", props.className)}>
            <Popover.Title className="sr-only">{props.title}</Popover.Title>
            {props.children}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
