"use client";
/** What one viewer prefers on one machine. Kept in localStorage; losing it costs nothing but a click. */
import { useSyncExternalStore } from "react";
import { PREFERENCES_KEY } from "./theme.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

export type Preferences = {
  readonly theme: Theme;
  /** Seconds between refreshes; 0 is "only when asked". */
  readonly refreshSeconds: number;
  /** Write times in UTC instead of the viewer's zone. */
  readonly utc: boolean;
  readonly traffic: boolean;
  readonly legend: boolean;
  readonly inspector: boolean;
  readonly inspectorWidth: number;
};

export const REFRESH_INTERVALS = [0, 10, 15, 30, 60] as const;
export const INSPECTOR_WIDTH = { min: 280, default: 360, max: 640 } as const;

export const DEFAULT_PREFERENCES: Preferences = {
  theme: "system",
  refreshSeconds: 15,
  utc: false,
  traffic: true,
  legend: false,
  inspector: true,
  inspectorWidth: INSPECTOR_WIDTH.default,
};

/** Reads what was stored; every field that is missing or odd becomes its default. */
export function decodePreferences(text: string | null): Preferences {
  const stored = parseObject(text);
  const flag = (key: "utc" | "traffic" | "legend" | "inspector") =>
    typeof stored[key] === "boolean" ? stored[key] : DEFAULT_PREFERENCES[key];
  const width = stored.inspectorWidth;
  return {
    theme: THEMES.find((theme) => theme === stored.theme) ?? DEFAULT_PREFERENCES.theme,
    refreshSeconds:
      REFRESH_INTERVALS.find((seconds) => seconds === stored.refreshSeconds) ?? DEFAULT_PREFERENCES.refreshSeconds,
    utc: flag("utc"),
    traffic: flag("traffic"),
    legend: flag("legend"),
    inspector: flag("inspector"),
    inspectorWidth: clampInspectorWidth(typeof width === "number" ? width : INSPECTOR_WIDTH.default),
  };
}

/** A width in pixels the inspector may have. */
export function clampInspectorWidth(width: number): number {
  if (!Number.isFinite(width)) return INSPECTOR_WIDTH.default;
  return Math.round(Math.min(INSPECTOR_WIDTH.max, Math.max(INSPECTOR_WIDTH.min, width)));
}

function parseObject(text: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

const listeners = new Set<() => void>();
let current: Preferences | undefined;

function read(): Preferences {
  if (current !== undefined) return current;
  try {
    current = decodePreferences(localStorage.getItem(PREFERENCES_KEY));
  } catch {
    // Storage may be forbidden (private windows, embedded pages): then preferences live as long as the page.
    current = DEFAULT_PREFERENCES;
  }
  return current;
}

function subscribe(listener: () => void): () => void {
  // Another tab changed them.
  const onStorage = (event: StorageEvent) => {
    if (event.key !== PREFERENCES_KEY) return;
    current = decodePreferences(event.newValue);
    listener();
  };
  listeners.add(listener);
  addEventListener("storage", onStorage);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", onStorage);
  };
}

/** Changes some preferences, for every part of the page and, if storage allows, for the next visit. */
export function setPreferences(changes: Partial<Preferences>): void {
  current = { ...read(), ...changes };
  try {
    localStorage.setItem(PREFERENCES_KEY, JSON.stringify(current));
  } catch {
    // Full or forbidden: kept for this page only.
  }
  for (const listener of listeners) listener();
}

/** The viewer's preferences; the defaults while the server renders. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, read, () => DEFAULT_PREFERENCES);
}
