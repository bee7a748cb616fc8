/** Names of users and groups that somebody other than Kubernetes vouches for. */

const MOST_CHARACTERS = 256;

/**
 * What is wrong with a name that Kubernetes shall be told, if anything. Its own users and groups begin with "system:" and
 * nobody outside it is one of them; everything else must survive a header.
 */
export function nameProblem(name: string): string | undefined {
  if (name.trim() === "" || name.length > MOST_CHARACTERS) return "is empty or endless";
  if (!/^[\x20-\x7e]+$/.test(name)) return "has control or foreign characters";
  if (name.trim().toLowerCase().startsWith("system:")) return 'begins with "system:"';
  return undefined;
}
