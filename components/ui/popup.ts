/** How everything that opens over the page looks: one shadow, one radius, a fade of 120 ms. */
export const POPUP =
  "max-h-(--available-height) min-w-44 overflow-auto rounded-md border border-hairline bg-panel p-1 text-13 text-ink shadow-overlay outline-none transition-opacity duration-120 data-starting-style:opacity-0 data-ending-style:opacity-0";

export const POPUP_ITEM =
  "flex h-7 items-center gap-2 rounded-sm px-2 whitespace-nowrap outline-none select-none data-highlighted:bg-raised";
