/**
 * A proxy before us has logged people in and says who they are in headers. They count only on connections from addresses
 * that the settings name: anybody can send headers. Kubernetes is asked as that user, by impersonation.
 */
import type { Log } from "../log.ts";
import { ProblemError } from "../problemError.ts";
import { RecentMap } from "../recentMap.ts";
import { requestContext } from "../requestContext.ts";
import type { Admission, Login } from "./login.ts";
import { nameProblem } from "./personNames.ts";
import type { Proxies } from "./proxies.ts";
import { loginRequired, viewerId } from "./sessions.ts";

const MOST_GROUPS = 500;
/** Whoever is refused again and again must not fill the log. */
const TELL_EVERY_MS = 60_000;
const KEPT_NETWORKS = 10_000;

export function createHeaderLogin(parts: {
  /** Names of headers in lower case. */
  readonly userHeader: string;
  readonly groupsHeader: string;
  readonly proxies: Proxies;
  readonly log: Log;
}): Login {
  const { userHeader, groupsHeader, proxies, log } = parts;
  const toldAtMs = new RecentMap<string, number>(KEPT_NETWORKS);

  function tell(message: string): void {
    const { peer, network, id } = requestContext();
    const now = performance.now();
    if (now - (toldAtMs.get(network) ?? Number.NEGATIVE_INFINITY) < TELL_EVERY_MS) return;
    toldAtMs.set(network, now);
    log.warn({ audit: "login", peer, id }, message);
  }

  function admit(request: Request): Admission {
    const { peer, repeatedHeaders, passedOn } = requestContext();
    const user = request.headers.get(userHeader);
    const groupList = request.headers.get(groupsHeader);
    if (!proxies.trusts(peer)) {
      // Somebody goes past the proxy, or the settings do not name it: either is worth a line.
      if (user !== null || groupList !== null || passedOn)
        tell(`Believed nothing of ${userHeader}: the address is no trusted proxy`);
      throw loginRequired("header", "login-required");
    }
    // A proxy that adds its header to the client's instead of replacing it would let the client say who it is.
    const twice = [userHeader, groupsHeader].find((name) => repeatedHeaders.includes(name));
    if (twice !== undefined) throw refused(`${twice} was sent more than once`);
    if (user === null) throw loginRequired("header", "login-required");
    const name = checkedName(user, userHeader);
    const groups = [...new Set((groupList ?? "").split(",").map((group) => group.trim()))].filter(Boolean);
    if (groups.length > MOST_GROUPS) throw refused(`${groupsHeader} has more than ${MOST_GROUPS} groups`);
    for (const group of groups) checkedName(group, groupsHeader);
    const credentials = { kind: "impersonation", user: name, groups } as const;
    return { viewer: { id: viewerId("header", name, groups), name, groups, credentials } };
  }

  function refused(why: string): ProblemError {
    tell(`Refused a user named by a proxy: ${why}`);
    return new ProblemError(401, "The proxy does not say who you are", {
      detail: `${why}.`,
      hint: "Let the proxy remove these headers from what clients send, and set each once.",
      extra: { reason: "refused", mode: "header" },
    });
  }

  function checkedName(text: string, header: string): string {
    const name = text.trim();
    const problem = nameProblem(name);
    if (problem !== undefined) throw refused(`A name in ${header} ${problem}`);
    return name;
  }

  return {
    mode: "header",
    admit: async (request) => admit(request),
    async peek(request) {
      try {
        return admit(request);
      } catch {
        return undefined;
      }
    },
    // The proxy's session is the proxy's to end.
    logOut: async () => undefined,
  };
}
