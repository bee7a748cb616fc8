"use client";
import { X } from "lucide-react";
import { type PointerEvent, type ReactNode, useEffect, useRef } from "react";
import { clampInspectorWidth, INSPECTOR_WIDTH, setPreferences, usePreferences } from "#components/shell/preferences.ts";
import { IconButton } from "#components/ui/Button.tsx";

const STEP = 20;

/** The panel beside the map, resizable by its edge; below it on narrow screens, where it must not cover what it explains. */
export function Inspector({ onClose, children }: { readonly onClose: () => void; readonly children: ReactNode }) {
  const { inspectorWidth } = usePreferences();
  const panel = useRef<HTMLElement>(null);
  // Not a style attribute: the page's policy forbids them in what the server sends.
  useEffect(() => panel.current?.style.setProperty("--inspector-width", `${inspectorWidth}px`), [inspectorWidth]);

  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const handle = event.currentTarget;
    const right = panel.current?.getBoundingClientRect().right ?? 0;
    handle.setPointerCapture(event.pointerId);
    let width = inspectorWidth;
    handle.onpointermove = (move) => {
      width = clampInspectorWidth(right - move.clientX);
      panel.current?.style.setProperty("--inspector-width", `${width}px`);
    };
    handle.onpointerup = handle.onpointercancel = () => {
      handle.onpointermove = handle.onpointerup = handle.onpointercancel = null;
      setPreferences({ inspectorWidth: width });
    };
  };

  return (
    <aside
      ref={panel}
      aria-label="Inspector"
      className="relative flex h-1/2 shrink-0 flex-col border-t border-hairline bg-panel wide:h-auto wide:w-(--inspector-width,360px) wide:border-t-0 wide:border-l"
    >
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the inspector"
        aria-valuemin={INSPECTOR_WIDTH.min}
        aria-valuemax={INSPECTOR_WIDTH.max}
        aria-valuenow={inspectorWidth}
        tabIndex={0}
        onPointerDown={drag}
        onDoubleClick={() => setPreferences({ inspectorWidth: INSPECTOR_WIDTH.default })}
        onKeyDown={(event) => {
          const step = event.key === "ArrowLeft" ? STEP : event.key === "ArrowRight" ? -STEP : 0;
          if (step === 0) return;
          event.preventDefault();
          setPreferences({ inspectorWidth: clampInspectorWidth(inspectorWidth + step) });
        }}
        className="absolute inset-y-0 -left-1 z-10 hidden w-2 cursor-col-resize touch-none hover:bg-accent/20 wide:block"
      />
      <IconButton name="Close the inspector" onClick={onClose} className="absolute top-2 right-2 z-10">
        <X aria-hidden size={15} />
      </IconButton>
      <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain">{children}</div>
    </aside>
  );
}
