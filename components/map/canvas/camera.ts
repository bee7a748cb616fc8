/** Where the viewer looks: screen = map × k + (x, y). Pure; useCamera.ts applies it to the page. */
export type Camera = { readonly x: number; readonly y: number; readonly k: number };
export type Size = { readonly width: number; readonly height: number };
export type Frame = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

export const ZOOM = { least: 0.03, most: 4 } as const;
const FIT_MARGIN = 16;
/** A small map is not blown up beyond this. */
const FIT_MOST = 1.15;

/** Shows a frame of the map whole and centred. */
export function fitFrame(frame: Frame, screen: Size, most: number = FIT_MOST): Camera {
  const room = {
    width: Math.max(1, screen.width - 2 * FIT_MARGIN),
    height: Math.max(1, screen.height - 2 * FIT_MARGIN),
  };
  const wanted = Math.min(room.width / Math.max(1, frame.width), room.height / Math.max(1, frame.height), most);
  const k = Math.max(ZOOM.least, wanted);
  return {
    k,
    x: screen.width / 2 - (frame.x + frame.width / 2) * k,
    y: screen.height / 2 - (frame.y + frame.height / 2) * k,
  };
}

/** The least pan that brings a frame of the map into view, at the same zoom. */
export function revealFrame(camera: Camera, frame: Frame, screen: Size): Camera {
  const shift = (start: number, size: number, room: number) => {
    const margin = Math.min(48, Math.max(0, (room - size) / 2));
    if (start < margin) return margin - start;
    return start + size > room - margin ? room - margin - size - start : 0;
  };
  const { k } = camera;
  return {
    k,
    x: camera.x + shift(frame.x * k + camera.x, frame.width * k, screen.width),
    y: camera.y + shift(frame.y * k + camera.y, frame.height * k, screen.height),
  };
}

/** How much detail is legible at a zoom. Drawn by CSS: see canvas.css. */
export type Detail = "near" | "middle" | "far" | "farthest";

export function detailAt(k: number): Detail {
  if (k >= 0.8) return "near";
  if (k >= 0.58) return "middle";
  return k >= 0.36 ? "far" : "farthest";
}
