import { useEffect, useRef } from "react";
import type { GraphEdge } from "#lib/domain/graph/graph.ts";
import type { RoutedEdge } from "#lib/layout/layout.ts";
import type { Camera } from "./camera.ts";
import { type DotStream, dotStream, visitDots } from "./dots.ts";
import { type EdgePlateProps, PLATE_HEIGHT, plateMarks, plateWidth } from "./EdgePlate.tsx";
import type { CameraControl } from "./useCamera.ts";

/** Dots drawn at once; with more traffic than that, fewer stand for more. */
const MOST_DOTS = 900;

type Props = {
  readonly edges: readonly GraphEdge[];
  readonly routes: ReadonlyMap<string, RoutedEdge>;
  /** Edges at full strength; undefined: all. Dimmed edges carry no dots. */
  readonly lit: ReadonlySet<string> | undefined;
  /** Labels, which dots pass under. */
  readonly plates: readonly EdgePlateProps[];
  readonly camera: CameraControl;
};

/** Moving dots over the map. Decorative: rates and errors are in names and labels. Still when motion is unwanted or the tab is hidden. */
export function TrafficDots({ edges, routes, lit, plates, camera }: Props) {
  const covers = useRef(plates);
  useEffect(() => {
    covers.current = plates;
  }, [plates]);
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (element === null || context == null) return undefined;
    const streams = edges.flatMap((edge) => {
      const routed = routes.get(edge.id);
      if (routed === undefined || lit?.has(edge.id) === false) return [];
      return dotStream(edge, routed.route) ?? [];
    });
    const unwanted = matchMedia("(prefers-reduced-motion: reduce)");
    let colours = readColours(element);
    const themes = new MutationObserver(() => {
      colours = readColours(element);
    });
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    let stamps: Stamps | undefined;
    const stampsAt = (radius: number) => {
      stamps = makeStamps(colours, radius, stamps);
      return stamps;
    };
    let frame = 0;
    let painted: Camera | undefined;
    let previous: Camera | undefined;
    const paint = (now: number) => {
      const at = camera.current();
      frame = requestAnimationFrame(paint);
      if (painted !== undefined && at !== previous) {
        // While the map moves, the picture of the dots moves with it; they run on when it rests.
        const k = at.k / painted.k;
        element.style.transform = `translate(${at.x - painted.x * k}px, ${at.y - painted.y * k}px) scale(${k})`;
        previous = at;
        return;
      }
      if (painted !== at) element.style.transform = "";
      painted = previous = at;
      paintDots(element, context, streams, camera, now / 1000, stampsAt);
      clearPlates(context, covers.current, camera);
    };
    const restart = () => {
      cancelAnimationFrame(frame);
      context.clearRect(0, 0, element.width, element.height);
      if (!document.hidden && !unwanted.matches) frame = requestAnimationFrame(paint);
    };
    document.addEventListener("visibilitychange", restart);
    unwanted.addEventListener("change", restart);
    restart();
    return () => {
      cancelAnimationFrame(frame);
      themes.disconnect();
      document.removeEventListener("visibilitychange", restart);
      unwanted.removeEventListener("change", restart);
    };
  }, [edges, routes, lit, camera]);
  return <canvas ref={canvas} className="map-dots" aria-hidden="true" />;
}

type Colours = { readonly plain: string; readonly error: string };

function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  return { plain: style.getPropertyValue("--ink-2"), error: style.getPropertyValue("--failing") };
}

type Stamps = { readonly key: string; readonly plain: HTMLCanvasElement; readonly error: HTMLCanvasElement };

/** Dots are stamped, not drawn: copying a small picture is many times quicker than filling a circle. */
function makeStamps(colours: Colours, radius: number, before: Stamps | undefined): Stamps {
  const key = `${radius} ${colours.plain} ${colours.error}`;
  if (before?.key === key) return before;
  const plain = stamp(colours.plain, radius, (pen, middle) => pen.arc(middle, middle, radius, 0, 2 * Math.PI));
  // Errors are diamonds and larger: shape as well as colour.
  const error = stamp(colours.error, radius * 1.8, (pen, middle) => {
    pen.moveTo(middle, 0);
    pen.lineTo(2 * middle, middle);
    pen.lineTo(middle, 2 * middle);
    pen.lineTo(0, middle);
  });
  return { key, plain, error };
}

function stamp(
  colour: string,
  radius: number,
  draw: (pen: CanvasRenderingContext2D, middle: number) => void,
): HTMLCanvasElement {
  const picture = document.createElement("canvas");
  picture.width = picture.height = Math.ceil(radius) * 2;
  const pen = picture.getContext("2d");
  if (pen === null) return picture;
  pen.fillStyle = colour;
  pen.beginPath();
  draw(pen, picture.width / 2);
  pen.fill();
  return picture;
}

function paintDots(
  element: HTMLCanvasElement,
  context: CanvasRenderingContext2D,
  streams: readonly DotStream[],
  control: CameraControl,
  seconds: number,
  stampsAt: (radius: number) => Stamps,
): void {
  const ratio = devicePixelRatio;
  const width = Math.round(element.clientWidth * ratio);
  const height = Math.round(element.clientHeight * ratio);
  if (element.width !== width || element.height !== height) {
    element.width = width;
    element.height = height;
  }
  context.clearRect(0, 0, width, height);
  const { x, y, k } = control.current();
  const view = { left: -x / k, top: -y / k, right: (width / ratio - x) / k, bottom: (height / ratio - y) / k };
  const seen = streams.filter(
    (stream) =>
      stream.right > view.left && stream.left < view.right && stream.bottom > view.top && stream.top < view.bottom,
  );
  const expected = seen.reduce((sum, stream) => sum + stream.length / stream.spacing, 0);
  const thin = Math.max(1, expected / MOST_DOTS);
  const scale = k * ratio;
  // In steps of half a pixel: each size has its own stamp.
  const radius = Math.round(Math.max(1, Math.min(2.5, 2.2 * Math.sqrt(k))) * ratio * 2) / 2;
  const { plain, error } = stampsAt(radius);
  for (const stream of seen) {
    visitDots(stream, seconds, thin, (dotX, dotY, isError) => {
      const picture = isError ? error : plain;
      const half = picture.width / 2;
      context.drawImage(picture, dotX * scale + x * ratio - half, dotY * scale + y * ratio - half);
    });
  }
}

function clearPlates(
  context: CanvasRenderingContext2D,
  plates: readonly EdgePlateProps[],
  control: CameraControl,
): void {
  const { x, y, k } = control.current();
  const ratio = devicePixelRatio;
  for (const plate of plates) {
    const width = plateWidth(plate.text, plateMarks(plate.health, plate.lock)) * plate.scale * k * ratio;
    const height = PLATE_HEIGHT * plate.scale * k * ratio;
    context.clearRect((plate.x * k + x) * ratio - width / 2, (plate.y * k + y) * ratio - height / 2, width, height);
  }
}
