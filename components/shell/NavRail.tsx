"use client";
import { Keyboard, Monitor, Moon, Sun, Waypoints } from "lucide-react";
import Link from "next/link";
import { IconButton } from "#components/ui/Button.tsx";
import { UserMenu } from "./login/UserMenu.tsx";
import { setPreferences, THEMES, usePreferences } from "./preferences.ts";
import { useShortcutsDialog } from "./ShortcutsDialog.tsx";

const THEME_ICONS = { system: Monitor, light: Sun, dark: Moon };
const THEME_NAMES = { system: "as the system", light: "light", dark: "dark" };

/** The pages, and what concerns all of them. A rail at the left; a bar at the bottom of a narrow screen. */
export function NavRail() {
  const { theme } = usePreferences();
  const shortcuts = useShortcutsDialog();
  const ThemeIcon = THEME_ICONS[theme];
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <nav
      aria-label="Pages"
      className="order-last flex h-12 shrink-0 items-center gap-1 border-t border-hairline bg-panel px-3 wide:order-first wide:h-auto wide:w-14 wide:flex-col wide:border-t-0 wide:border-r wide:px-0 wide:py-2"
    >
      <Link
        href="/"
        aria-current="page"
        className="flex h-9 items-center gap-2 rounded-md bg-selected px-3 text-12 font-medium text-accent wide:h-12 wide:w-12 wide:flex-col wide:justify-center wide:gap-0.5 wide:px-0"
      >
        <Waypoints aria-hidden size={18} />
        Map
      </Link>
      <div className="ml-auto flex gap-1 wide:mt-auto wide:ml-0 wide:flex-col">
        <UserMenu />
        <IconButton
          name={`Theme: ${THEME_NAMES[theme]}. Change to ${THEME_NAMES[next]}`}
          onClick={() => setPreferences({ theme: next })}
        >
          <ThemeIcon aria-hidden size={16} />
        </IconButton>
        <IconButton name="Keyboard shortcuts" onClick={shortcuts.open}>
          <Keyboard aria-hidden size={16} />
        </IconButton>
      </div>
      {shortcuts.dialog}
    </nav>
  );
}
