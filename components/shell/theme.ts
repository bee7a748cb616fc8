/** Which theme is on: the viewer's choice, else the system's. The page knows it before it is painted. */
import type { Theme } from "./preferences.ts";

/** Where preferences are kept. Here, since what the server takes from a client module is only a reference to it. */
export const PREFERENCES_KEY = "meshscope.preferences";

const DARK = "(prefers-color-scheme: dark)";

/** Runs inline in <head>, before the first paint, so that the page never flashes in the other theme. */
export const THEME_SCRIPT = `{let t;try{t=JSON.parse(localStorage.getItem(${JSON.stringify(PREFERENCES_KEY)}))?.theme}catch{}
document.documentElement.dataset.theme=t==="dark"||t!=="light"&&matchMedia(${JSON.stringify(DARK)}).matches?"dark":"light"}`;

/** Applies a theme now and follows the system while it is "system"; returns the way to stop. */
export function applyTheme(theme: Theme): () => void {
  const system = matchMedia(DARK);
  const apply = () => {
    const dark = theme === "dark" || (theme === "system" && system.matches);
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  };
  apply();
  system.addEventListener("change", apply);
  return () => system.removeEventListener("change", apply);
}
