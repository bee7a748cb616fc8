import { type RefObject, useEffect, useRef } from "react";

type Handlers = { readonly [Type in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Type]) => void };

/** Hears what happens to thousands of drawn elements at their one host. The set of events must not change; the handlers may. */
export function useHostEvents(host: RefObject<HTMLElement | null>, handlers: Handlers): void {
  const latest = useRef(handlers);
  useEffect(() => {
    latest.current = handlers;
  });
  useEffect(() => {
    const stop = new AbortController();
    const listen = <Type extends keyof HTMLElementEventMap>(type: Type) =>
      host.current?.addEventListener(type, (event) => latest.current[type]?.(event), { signal: stop.signal });
    for (const type of Object.keys(latest.current)) listen(type as keyof HTMLElementEventMap);
    return () => stop.abort();
  }, [host]);
}
