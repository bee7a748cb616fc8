/** Pan and zoom. The transform goes straight to the page: React draws nothing while the map moves. */
import { select } from "d3-selection";
import { type D3ZoomEvent, zoom, zoomIdentity } from "d3-zoom";
import { type RefObject, useEffect, useRef, useState } from "react";
import { type Camera, type Detail, detailAt, type Frame, fitFrame, revealFrame, type Size, ZOOM } from "./camera.ts";

/** A programmed move of the camera, milliseconds. */
const MOVE_MS = 160;
/** After so long without movement the map is redrawn sharply and with the detail of its zoom. */
const SETTLE_MS = 140;

export type CameraControl = {
  current(): Camera;
  /** True once a person has moved the map since the last fit. */
  isMoved(): boolean;
  fit(frame: Frame, how?: { instantly?: boolean; most?: number }): void;
  reveal(frame: Frame): void;
  zoomBy(factor: number): void;
};

/** Binds gestures on `host` to the transform of `layer`; `onDetail` hears which detail is legible whenever the map comes to rest. */
export function useCamera(
  host: RefObject<HTMLElement | null>,
  layer: RefObject<HTMLElement | null>,
  onDetail: (detail: Detail) => void,
): CameraControl {
  const camera = useRef<Camera>({ x: 0, y: 0, k: 1 });
  const moved = useRef(false);
  const zoomTo = useRef<(target: Camera, instantly: boolean) => void>(() => undefined);

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const selection = select<HTMLElement, unknown>(element);
    let settling: ReturnType<typeof setTimeout> | undefined;
    let flight = 0;
    let sharpAt = 0;
    const settle = () => {
      const drawn = layer.current;
      onDetail(detailAt(camera.current.k));
      if (drawn === null || sharpAt === camera.current.k) return;
      // A promoted layer keeps the resolution it was drawn at: letting go of it for a frame draws it anew.
      sharpAt = camera.current.k;
      drawn.style.willChange = "auto";
      requestAnimationFrame(() => requestAnimationFrame(() => drawn.style.removeProperty("will-change")));
    };
    const behaviour = zoom<HTMLElement, unknown>()
      .scaleExtent([ZOOM.least, ZOOM.most])
      .filter(
        (event: MouseEvent) =>
          !isControl(event.target) && !(event.type !== "wheel" && event.ctrlKey) && event.button === 0,
      )
      .on("zoom", (event: D3ZoomEvent<HTMLElement, unknown>) => {
        const { x, y, k } = event.transform;
        camera.current = { x, y, k };
        if (event.sourceEvent !== null) moved.current = true;
        if (layer.current !== null) layer.current.style.transform = `translate(${x}px, ${y}px) scale(${k})`;
        clearTimeout(settling);
        // Two frames more: where drawing is slow, the next movement may already be waiting behind the timer.
        settling = setTimeout(() => {
          const rested = camera.current;
          const settleIfResting = () => {
            if (camera.current === rested) settle();
          };
          requestAnimationFrame(() => requestAnimationFrame(settleIfResting));
        }, SETTLE_MS);
      });
    selection.call(behaviour);
    const jump = ({ x, y, k }: Camera) => behaviour.transform(selection, zoomIdentity.translate(x, y).scale(k));
    zoomTo.current = (target, instantly) => {
      cancelAnimationFrame(flight);
      if (instantly || matchMedia("(prefers-reduced-motion: reduce)").matches) {
        jump(target);
        settle();
        return;
      }
      const from = camera.current;
      const start = performance.now();
      const step = (now: number) => {
        const share = Math.min(1, (now - start) / MOVE_MS);
        jump(between(from, target, 1 - (1 - share) ** 3));
        if (share < 1) flight = requestAnimationFrame(step);
      };
      flight = requestAnimationFrame(step);
    };
    return () => {
      cancelAnimationFrame(flight);
      clearTimeout(settling);
      selection.on(".zoom", null);
    };
  }, [host, layer, onDetail]);

  const [control] = useState<CameraControl>(() => {
    const screen = (): Size => ({ width: host.current?.clientWidth ?? 0, height: host.current?.clientHeight ?? 0 });
    return {
      current: () => camera.current,
      isMoved: () => moved.current,
      fit: (frame, how = {}) => {
        moved.current = false;
        zoomTo.current(fitFrame(frame, screen(), how.most), how.instantly === true);
      },
      reveal: (frame) => {
        const target = revealFrame(camera.current, frame, screen());
        if (target.x !== camera.current.x || target.y !== camera.current.y) zoomTo.current(target, false);
      },
      zoomBy: (factor) => {
        const { x, y, k } = camera.current;
        const { width, height } = screen();
        const next = Math.min(ZOOM.most, Math.max(ZOOM.least, k * factor));
        const pull = next / k;
        moved.current = true;
        zoomTo.current(
          { k: next, x: width / 2 - (width / 2 - x) * pull, y: height / 2 - (height / 2 - y) * pull },
          false,
        );
      },
    };
  });
  return control;
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("[data-map-control]") !== null;
}

/** Zoom in equal ratios, so that it feels even; the pan follows so that the path is straight on screen. */
function between(from: Camera, to: Camera, share: number): Camera {
  const k = from.k * (to.k / from.k) ** share;
  const part = to.k === from.k ? share : (k - from.k) / (to.k - from.k);
  return { k, x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part };
}
