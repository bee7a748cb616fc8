/** What a request line may ask for, and which kind of thing it is. */

const PLAIN_METHODS: readonly string[] = ["GET", "HEAD"];
const API_METHODS: readonly string[] = [...PLAIN_METHODS, "OPTIONS", "POST", "PUT", "PATCH", "DELETE"];

/** The path below the base path: `/api/v1/reading?window=300` → "/api/v1/reading". */
export function pathOf(target: string, basePath: string): string {
  const path = target.split("?", 1)[0] ?? "";
  return path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
}

/** Whether programs rather than people read what is there. */
export function isApiPath(path: string): boolean {
  return path === "/api" || path.startsWith("/api/");
}

/** Asked by the kubelet and by Prometheus, which no load may keep waiting. */
export function isProbe(path: string): boolean {
  return path === "/healthz" || path === "/readyz" || path === "/metrics";
}

/** Methods that are answered there; undefined when `method` is one of them. Pages are only read. */
export function otherMethods(method: string, path: string): readonly string[] | undefined {
  const allowed = isApiPath(path) ? API_METHODS : PLAIN_METHODS;
  return allowed.includes(method) ? undefined : allowed;
}

/**
 * Why a target is not answered; undefined for ordinary paths. A path that reads one way here and another way in a proxy
 * before us or in the router behind us would pass a check that was made for another one.
 */
export function targetProblem(target: string): string | undefined {
  if (!target.startsWith("/")) return "Only a path is answered, not a whole address.";
  if (target.includes("#")) return "A request has no fragment.";
  const path = pathOf(target, "");
  const decoded = decode(path);
  if (decoded === undefined) return "The path is not valid percent-encoded text.";
  if (/%(2f|5c)/i.test(path) || decoded.includes("\\")) return "The path has an encoded slash or a backslash.";
  if (hasControls(decoded)) return "The path has control characters.";
  if (/%(2e|2f|5c|00)/i.test(decoded)) return "The path is encoded twice.";
  if (/\/\/|\/\.\.?(\/|$)/.test(decoded)) return "The path has empty or dotted segments.";
  return undefined;
}

/** Next fails on paths that are not, with a stack in the log. */
function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

function hasControls(text: string): boolean {
  return [...text].some((character) => character < " " || character === "\u007f");
}
