"use client";
import { TriangleAlert } from "lucide-react";
import { Button } from "#components/ui/Button.tsx";
import { EmptyState } from "#components/ui/EmptyState.tsx";
import "./globals.css";

/**
 * In place of everything, when even the frame cannot be drawn. What went wrong may hold names of a cluster, and says
 * nothing to a reader: it is in the console and, if the server failed, in its log.
 */
export default function GlobalErrorPage({ reset }: { readonly reset: () => void }) {
  return (
    <html lang="en">
      <head>
        <title>Meshscope failed</title>
      </head>
      <body>
        <main className="h-dvh">
          <EmptyState
            alert
            icon={<TriangleAlert aria-hidden size={28} />}
            title="The page could not be drawn"
            action={<Button onClick={reset}>Try again</Button>}
          >
            This is a fault of Meshscope, not of your mesh. If it stays after another try, the console of the browser
            and the server's log say what happened.
          </EmptyState>
        </main>
      </body>
    </html>
  );
}
