/** Where a login leads back to: a path of our own, never another site. */

const NOWHERE = "https://nowhere.invalid";

/**
 * The path with its query and fragment, below the base path; the home page for anything else, such as "//evil.example",
 * "/\evil.example" or "https:…": browsers take those for other sites.
 */
export function returnPath(wanted: string | null | undefined, basePath: string): string {
  const home = `${basePath}/`;
  if (wanted == null || wanted.length > 2000 || !wanted.startsWith("/") || /[\\\p{Cc}]/u.test(wanted)) return home;
  const url = URL.parse(wanted, NOWHERE);
  if (url?.origin !== NOWHERE || url.pathname.startsWith("//")) return home;
  const path = url.pathname;
  const isBelow = path === basePath || path.startsWith(home);
  const isPage = !path.startsWith(`${home}api/`) && path !== `${basePath}/login`;
  return isBelow && isPage ? `${path}${url.search}${url.hash}` : home;
}
