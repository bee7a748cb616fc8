import type { Metadata, Viewport } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { LoginGate } from "#components/shell/login/LoginGate.tsx";
import { NavRail } from "#components/shell/NavRail.tsx";
import { Providers } from "#components/shell/Providers.tsx";
import { THEME_SCRIPT } from "#components/shell/theme.ts";
import { runtime } from "#lib/server/running.ts";
import "./globals.css";

export const metadata: Metadata = { title: "Meshscope", description: "The service mesh, drawn from its own metrics." };
export const viewport: Viewport = { themeColor: [{ media: "(prefers-color-scheme: dark)", color: "#13161b" }] };

export default async function RootLayout({ children }: { readonly children: ReactNode }) {
  // Set by proxy.ts: the policy allows only inline scripts and styles that carry it.
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    // The script changes data-theme before React looks.
    <html lang="en" suppressHydrationWarning>
      <head>
        <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>
        <Providers nonce={nonce}>
          <LoginGate mode={runtime().login.mode}>
            <div className="flex h-dvh flex-col wide:flex-row">
              <NavRail />
              {children}
            </div>
          </LoginGate>
        </Providers>
      </body>
    </html>
  );
}
