import clsx from "clsx";

/** A grey place of the size its content will have. The one who shows it says "loading" in words. */
export function Skeleton({ className }: { readonly className: string }) {
  return <div aria-hidden className={clsx("animate-pulse rounded-sm bg-raised", className)} />;
}
