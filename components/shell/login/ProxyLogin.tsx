"use client";
import { Button } from "#components/ui/Button.tsx";

/** The proxy before us logs people in; here there is nothing to fill in. */
export function ProxyLogin() {
  return (
    <>
      <p className="mt-2 text-ink-2">
        The proxy before Meshscope did not say who you are. Open Meshscope through it, not past it; its session may also
        have ended.
      </p>
      <Button look="primary" className="mt-4 h-8! w-full" onClick={() => location.reload()}>
        Load the page again
      </Button>
    </>
  );
}
