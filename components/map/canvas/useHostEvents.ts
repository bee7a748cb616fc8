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
    for (const type of Object.keys(latest.current)) {
      host.current?.addEventListener(type, (event) => handlerOf(latest.current, type)?.(event), {
        signal: stop.signal,
      });
    }
    return () => stop.abort();
  }, [host]);
}

/** The handler of the events of a type; its event is of that type, which TypeScript cannot follow through a name. */
function handlerOf(handlers: Handlers, type: string): ((event: Event) => void) | undefined {
  return handlers[type as keyof Handlers] as ((event: Event) => void) | undefined;
}
