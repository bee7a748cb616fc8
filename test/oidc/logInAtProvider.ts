/** Fills in the provider's own login page. */
import type { HttpBrowser } from "#test/server/httpBrowser.ts";

/** From our address to begin with, to where the browser is in the end; every address it saw on the way. */
export async function logInAtProvider(
  browser: HttpBrowser,
  beginUrl: string,
  person: string,
): Promise<{ readonly response: Response; readonly visited: readonly string[] }> {
  const { response, visited } = await browser.follow(beginUrl);
  const page = await response.text();
  const [, action] = /<form[^>]*action="([^"]+)"/.exec(page) ?? [];
  // Already logged in at the provider, or sent back with an error.
  if (action === undefined) return { response, visited };
  const submitted = await browser.fetch(new URL(action, visited.at(-1)).href, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ prompt: "login", login: person, password: "any" }),
  });
  const rest = await browser.follow(new URL(submitted.headers.get("location") ?? "", visited.at(-1)).href);
  return { response: rest.response, visited: [...visited, ...rest.visited] };
}
