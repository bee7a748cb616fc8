/** Nobody logs in: whoever reaches the page sees what the process may read. */
import { ANONYMOUS } from "./accessControl.ts";
import type { Login } from "./login.ts";

export const anonymousLogin: Login = {
  mode: "anonymous",
  admit: async () => ({ viewer: ANONYMOUS }),
  peek: async () => ({ viewer: ANONYMOUS }),
  logOut: async () => undefined,
};
