import { MapPinOff } from "lucide-react";
import Link from "next/link";
import { EmptyState } from "#components/ui/EmptyState.tsx";

/** An address that leads nowhere. */
export default function NotFoundPage() {
  return (
    <main className="min-w-0 flex-1">
      <EmptyState
        icon={<MapPinOff aria-hidden size={28} />}
        title="There is no such page"
        action={
          <Link href="/" className="text-accent underline underline-offset-2">
            Open the map
          </Link>
        }
      >
        The address may be mistyped, or the page has moved.
      </EmptyState>
    </main>
  );
}
