// Calls to auth outside the typed client: those that make tokens, so that they carry none or one of their own.
import { problemOf, unreachable } from "./problems";

export const DEADLINE_MS = 15_000;
const EARLY_MS = 30_000; // renew before the server would refuse, clocks and slow networks included

export type Token = { text: string; freshUntil: number };

/** Keep a token with the moment from which it is better renewed; a short one is used for half its life. */
export const tokenFrom = ({ access_token, expires_in }: { access_token: string; expires_in: number }): Token => ({
  text: access_token,
  freshUntil: Date.now() + Math.max(expires_in * 1000 - EARLY_MS, expires_in * 500),
});

/** POST to an auth route. Throws Problem when no answer comes. */
export async function post(path: string, body: object, bearer?: string): Promise<Response> {
  const headers = {
    "content-type": "application/json",
    "accept-language": document.documentElement.lang || "en", // the language on screen, which may be another than the browser's
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
  };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  try {
    return await fetch(path, { ...init, signal: AbortSignal.timeout(DEADLINE_MS) });
  } catch {
    throw unreachable();
  }
}

/** The body of a successful answer. Throws Problem for any other. */
export async function bodyFrom(answer: Response): Promise<object> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok || typeof body !== "object" || body === null) throw problemOf(answer.status, body, answer.headers);
  return body;
}
