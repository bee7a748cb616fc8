"use client";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "./apiClient.ts";
import { usePreferences } from "./preferences.ts";
import { applyTheme } from "./theme.ts";

/** What every page stands in: the query cache, the theme, and the nonce for styles that components add. */
export function Providers({ nonce, children }: { readonly nonce: string | undefined; readonly children: ReactNode }) {
  const [client] = useState(createQueryClient);
  const { theme } = usePreferences();
  useEffect(() => applyTheme(theme), [theme]);
  return (
    <CSPProvider {...(nonce === undefined ? { disableStyleElements: true } : { nonce })}>
      <QueryClientProvider client={client}>{children}</QueryClientProvider>
    </CSPProvider>
  );
}

function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5000,
        // What is wrong with the question stays wrong; the rest is tried again, soon and then at the next refresh.
        retry: (failures, error) =>
          failures < 2 && !(error instanceof ApiError && error.status !== undefined && error.status < 500),
        // A lost Wi-Fi does not matter to a port-forward on this machine.
        networkMode: "always",
      },
    },
  });
}
