import type { ReactNode } from "react";

/** A key to press, as it is printed on the keyboard. */
export function Key({ children }: { readonly children: ReactNode }) {
  return (
    <kbd className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-hairline bg-raised px-1 font-sans text-12 text-ink-2">
      {children}
    </kbd>
  );
}
