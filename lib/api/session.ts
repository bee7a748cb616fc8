/** Who is logged in, and how to log in: what the session routes answer and take. */
import { z } from "zod";
import { API } from "./urls.ts";

export const SESSION_URL = `${API}/session`;

/** Header of requests that change something: the session's `csrf`. */
export const CSRF_HEADER = "x-meshscope-csrf";

/** How people log in: one of these a process. */
export const AUTH_MODES = ["anonymous", "token", "header", "oidc"] as const;
export type AuthMode = (typeof AUTH_MODES)[number];

export const sessionSchema = z.object({
  /** How people log in here. */
  mode: z.enum(AUTH_MODES),
  /** Absent when nobody is logged in. */
  viewer: z.object({ name: z.string(), groups: z.array(z.string()) }).optional(),
  /** Sent back as x-meshscope-csrf with whatever changes something. */
  csrf: z.string().optional(),
  /** Whether anything may be changed through Meshscope at all; rights are asked for beside that. */
  writes: z.enum(["enabled", "off"]).optional(),
  /** Unix seconds at which the session ends unless something is asked before; absent where there are no sessions. */
  expiresAt: z.number().optional(),
  /** Unix seconds at which it ends in any case. */
  endsAt: z.number().optional(),
  /** The server's clock, beside expiresAt: browsers' clocks are wrong. */
  now: z.number().optional(),
});

export type SessionView = z.infer<typeof sessionSchema>;

export const tokenLoginSchema = z.strictObject({ token: z.string({ error: "must be text" }).min(1, "is empty") });

export const logoutSchema = z.object({
  /** Where the browser goes to end the provider's session too; absent when there is nothing more to do. */
  redirect: z.string().optional(),
});

export type Logout = z.infer<typeof logoutSchema>;

/** Where the browser goes to log in at the provider, and then back to a path of ours. */
export function oidcLoginUrl(back: string): string {
  return `${SESSION_URL}/oidc?${new URLSearchParams({ return: back })}`;
}
