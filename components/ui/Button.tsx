import clsx from "clsx";
import type { ComponentProps } from "react";

type Look = "quiet" | "outlined" | "primary";

const LOOKS: Record<Look, string> = {
  quiet: "text-ink-2 hover:bg-raised hover:text-ink aria-pressed:bg-selected aria-pressed:text-accent",
  outlined:
    "border border-hairline bg-panel text-ink hover:bg-raised aria-pressed:border-accent aria-pressed:bg-selected",
  primary: "bg-accent text-on-accent hover:opacity-90",
};

/** Classes of a 28 px control, for elements that are no <button> of ours (menu triggers, links). */
export function controlClass(look: Look = "outlined"): string {
  return clsx(
    "inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded-md px-2 text-13 whitespace-nowrap select-none",
    "transition-colors duration-120 data-popup-open:bg-raised disabled:opacity-50",
    LOOKS[look],
  );
}

/** A verb to press. `pressed` makes it a toggle. */
export function Button({
  look = "outlined",
  pressed,
  className,
  ...rest
}: ComponentProps<"button"> & { look?: Look; pressed?: boolean }) {
  return <button type="button" aria-pressed={pressed} className={clsx(controlClass(look), className)} {...rest} />;
}

/** A square button that shows an icon; its name is read out and shown as a tooltip. */
export function IconButton({ name, children, className, ...rest }: ComponentProps<typeof Button> & { name: string }) {
  return (
    <Button look="quiet" aria-label={name} title={name} className={clsx("w-7 px-0!", className)} {...rest}>
      {children}
    </Button>
  );
}
