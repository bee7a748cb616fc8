/** Whether the page may send people to the provider without being asked to. Loops and logouts say no. */
const KEY = "meshscope.login";
/** Whoever came back from the provider so recently and is still not in would be sent round for ever. */
const LOOP_MS = 30_000;

/** From now on somebody must ask for the login. */
export function noteLogout(): void {
  write("logged-out");
}

/** Whether somebody has just logged out, in this tab. */
export function hasLoggedOut(): boolean {
  return read() === "logged-out";
}

/** Whether to go to the provider at once; remembers that it was done. */
export function takeAutoLogin(nowMs: number): boolean {
  const last = read();
  if (last === "logged-out" || nowMs - Number(last ?? 0) < LOOP_MS) return false;
  return write(String(nowMs));
}

/** The login was asked for. */
export function noteLogin(): void {
  write("0");
}

function read(): string | null {
  try {
    return sessionStorage.getItem(KEY);
  } catch {
    // Without a memory nobody is sent anywhere.
    return "logged-out";
  }
}

function write(value: string): boolean {
  try {
    sessionStorage.setItem(KEY, value);
    return true;
  } catch {
    return false;
  }
}
