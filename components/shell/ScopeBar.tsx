"use client";
import clsx from "clsx";
import { RefreshCw, Timer } from "lucide-react";
import { IconButton } from "#components/ui/Button.tsx";
import { ChoiceMenu } from "#components/ui/ChoiceMenu.tsx";
import { Skeleton } from "#components/ui/Skeleton.tsx";
import { formatSpan } from "#lib/format/time.ts";
import { Freshness } from "./Freshness.tsx";
import { MomentPicker } from "./MomentPicker.tsx";
import { NamespacePicker } from "./NamespacePicker.tsx";
import { REFRESH_INTERVALS, setPreferences, usePreferences } from "./preferences.ts";
import { SourceStatus } from "./SourceStatus.tsx";
import { type Scope, type ScopeChange, WINDOWS } from "./scope.ts";
import type { ReadingState } from "./useReading.ts";

const WINDOW_CHOICES = WINDOWS.map((value) => ({ value, label: formatSpan(value) }));
const REFRESH_CHOICES = REFRESH_INTERVALS.map((value) => ({
  value,
  label: value === 0 ? "Off" : formatSpan(value),
  ...(value === 0 ? { hint: "only when asked" } : {}),
}));

/** What is looked at, when, and how fresh it is: the same bar on every page. */
export function ScopeBar(props: {
  readonly scope: Scope;
  readonly state: ReadingState;
  readonly onScope: (change: ScopeChange) => void;
}) {
  const { scope, state } = props;
  const { reading } = state;
  const { refreshSeconds } = usePreferences();
  const known = reading?.mesh.namespaces ?? [];
  const clusters = [...new Set(known.map(({ cluster }) => cluster))].sort();
  const inScope = known.filter(({ cluster }) => scope.clusters.length === 0 || scope.clusters.includes(cluster));
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-2 border-b border-hairline bg-panel px-3 pt-1.5 wide:h-12 wide:flex-nowrap wide:pt-0">
      <h1 className="sr-only">Meshscope: service map</h1>
      <div className="flex min-w-0 flex-1 items-center gap-2 overflow-x-auto p-0.5 [scrollbar-width:none]">
        {clusters.length > 1 && (
          <NamespacePicker
            noun={{ one: "cluster", many: "clusters" }}
            names={clusters}
            chosen={scope.clusters}
            onChange={(chosen) => props.onScope({ clusters: chosen })}
          />
        )}
        <NamespacePicker
          noun={{ one: "namespace", many: "namespaces" }}
          names={[...new Set(inScope.map(({ name }) => name))]}
          chosen={scope.namespaces}
          onChange={(namespaces) => props.onScope({ namespaces })}
        />
        <ChoiceMenu
          name="Window"
          icon={<Timer aria-hidden size={14} className="text-ink-3" />}
          value={scope.windowSeconds}
          valueLabel={formatSpan(scope.windowSeconds)}
          choices={WINDOW_CHOICES}
          onChange={(windowSeconds) => props.onScope({ windowSeconds })}
        />
        <MomentPicker
          atSeconds={scope.atSeconds}
          nowSeconds={reading?.now}
          onChange={(atSeconds) => props.onScope({ atSeconds })}
        />
      </div>
      <div className="flex items-center wide:order-last">
        {reading !== undefined && <SourceStatus sources={reading.sources} />}
        <IconButton name="Refresh now" onClick={state.refresh}>
          <RefreshCw aria-hidden size={14} className={clsx(state.fetching && "animate-spin")} />
        </IconButton>
        <span className="hidden wide:block">
          <ChoiceMenu
            name="Refresh"
            value={refreshSeconds}
            choices={REFRESH_CHOICES}
            onChange={(seconds) => setPreferences({ refreshSeconds: seconds })}
          />
        </span>
      </div>
      <div className="order-last flex h-6 w-full items-center wide:order-none wide:h-auto wide:w-auto">
        {reading === undefined ? (
          <Skeleton className="h-4 w-24 roomy:w-40" />
        ) : (
          <Freshness reading={reading} receivedAtMs={state.receivedAtMs} refreshSeconds={refreshSeconds} />
        )}
      </div>
    </header>
  );
}
