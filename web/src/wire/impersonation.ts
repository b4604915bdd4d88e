// An administrator's look at somebody's account: its token lives in this tab's memory only, before one's own.
import { create } from "zustand";
import { bodyFrom, post, type Token, tokenFrom } from "./auth_calls";
import { useLogin } from "./login_state";
import { Problem, problemFrom } from "./problems";
import type { Impersonation, Me } from "./types";

export type Look = { person: Me; administrator: Me; endsAt: number };

/** Whose account is looked at in this tab, if anybody's. */
export const useLook = create<{ look: Look | undefined }>(() => ({ look: undefined }));

const RENEW = "/api/auth/admin/impersonation/renew";
const END = "/api/auth/admin/impersonation/end";
let token: Token | undefined;
let renewal: Promise<void> | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;

export const isLooking = (): boolean => useLook.getState().look !== undefined;

/** Show the page as that person sees it from now on; one's own cookie and the other tabs know nothing of it. */
export function beginLook(begun: Impersonation): void {
  const { me: administrator } = useLogin.getState();
  if (administrator === undefined || isLooking()) return;
  const { user_id, role, email, display_name } = begun;
  const person: Me = { user_id, role, email, display_name };
  token = tokenFrom(begun);
  timer = setTimeout(leaveLook, begun.ends_in * 1000);
  addEventListener("pagehide", endWhenLeft);
  useLook.setState({ look: { person, administrator, endsAt: Date.now() + begun.ends_in * 1000 } });
  useLogin.setState({ status: "signed-in", me: person });
}

/** Be oneself again; the page of the other person is gone. */
export function leaveLook(): void {
  const { look } = useLook.getState();
  if (look === undefined) return;
  clearTimeout(timer);
  removeEventListener("pagehide", endWhenLeft);
  token = undefined;
  useLook.setState({ look: undefined });
  useLogin.setState({ status: "signed-in", me: look.administrator });
}

/** End it on the server, then here. Throws Problem when the server was not reached: it goes on then. */
export async function endLook(): Promise<void> {
  if (token === undefined) return;
  const answer = await post(END, {}, token.text);
  if (!answer.ok && answer.status !== 401) throw await problemFrom(answer);
  leaveLook();
}

/** Get another token for the same look, once however many ask. Throws Problem; on a refusal the look is over. */
export function renewLook(): Promise<void> {
  renewal ??= (async () => {
    try {
      token = tokenFrom((await bodyFrom(await post(RENEW, {}, token?.text))) as Impersonation);
    } catch (thrown) {
      if (thrown instanceof Problem && (thrown.status === 401 || thrown.status === 403)) leaveLook();
      throw thrown;
    }
  })().finally(() => {
    renewal = undefined;
  });
  return renewal;
}

/** A token that will still be valid when the request arrives. Throws Problem when the look is over. */
export async function lookToken(): Promise<string> {
  if (token === undefined || Date.now() > token.freshUntil) await renewLook();
  if (token === undefined) throw new Problem("login_session_ended", "This look at an account has ended.", 401);
  return token.text;
}

/** Forget that a token is good which the server has just refused. */
export function lookTokenWasRefused(refused: string): void {
  if (token?.text === refused) token = { ...token, freshUntil: 0 };
}

/** A closed or reloaded tab has lost the token: nothing is left open behind it. */
function endWhenLeft(): void {
  if (token === undefined) return;
  const headers = { "content-type": "application/json", authorization: `Bearer ${token.text}` };
  void fetch(END, { method: "POST", headers, body: "{}", keepalive: true }).catch(() => undefined);
}
