// Who is signed in: the access token lives in memory only, the refresh token in a cookie that scripts cannot read.
import { create } from "zustand";
import { Problem, problemOf, unreachable } from "./problems";
import type { Me, SecondFactorNeeded, SetupState, SignedIn } from "./types";

type LoginState =
  | { status: "starting"; me: undefined }
  | { status: "unreachable"; me: undefined }
  | { status: "signed-out"; me: undefined }
  | { status: "signed-in"; me: Me }
  /** The session ended while somebody was here: the page stays as it is until the same person signs in again. */
  | { status: "locked"; me: Me };

export const useLogin = create<LoginState>(() => ({ status: "starting", me: undefined }));

type Token = { text: string; freshUntil: number };
const EARLY_MS = 30_000; // renew before the server would refuse, clocks and slow networks included
const DEADLINE_MS = 15_000;
const SIGNED_OUT = "signed-out";
const LOCK = "emergence.refresh";
const tabs = new BroadcastChannel("emergence.login");
let token: Token | undefined;

/** POST to an auth route outside the typed client: these are the calls that make tokens, so they carry none. */
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

async function bodyFrom(answer: Response): Promise<object> {
  const body: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok || typeof body !== "object" || body === null) throw problemOf(answer.status, body);
  return body;
}

const signedInFrom = async (answer: Response) => (await bodyFrom(answer)) as SignedIn;

/** Take over what the server, or another tab that just asked it, has answered. */
function adopt(signedIn: SignedIn): void {
  const { user_id, role, email, display_name } = signedIn;
  token = { text: signedIn.access_token, freshUntil: Date.now() + signedIn.expires_in * 1000 - EARLY_MS };
  const before = useLogin.getState();
  if (before.status === "locked" && before.me.user_id !== user_id) location.assign("/"); // nothing of the other person stays
  useLogin.setState({ status: "signed-in", me: { user_id, role, email, display_name } });
}

function share(signedIn: SignedIn): void {
  adopt(signedIn);
  tabs.postMessage(signedIn);
}

function end(): void {
  token = undefined;
  const { me } = useLogin.getState();
  useLogin.setState(me ? { status: "locked", me } : { status: "signed-out", me: undefined });
}

/** Run `work` in one tab at a time; browsers without Web Locks fall back to the server's own tolerance of doubles. */
const alone = <T>(work: () => Promise<T>): Promise<T> =>
  "locks" in navigator ? (navigator.locks.request(LOCK, work) as Promise<T>) : work();

let renewal: Promise<void> | undefined;

/** Get a new access token, once however many callers and tabs ask. Throws Problem; on 401 the session has ended. */
export function renew(): Promise<void> {
  const known = token;
  renewal ??= alone(async () => {
    if (token !== known) return; // another tab was first and has shared its answer
    const answer = await post("/api/auth/refresh", {});
    try {
      share(await signedInFrom(answer));
    } catch (thrown) {
      if (thrown instanceof Problem && thrown.status === 401) end();
      throw thrown;
    }
  }).finally(() => {
    renewal = undefined;
  });
  return renewal;
}

/** A token that will still be valid when the request arrives. Throws Problem when there is none to be had. */
export async function freshToken(): Promise<string> {
  if (token === undefined || Date.now() > token.freshUntil) await renew();
  if (token === undefined) throw new Problem("login_session_ended", "Sign in again.", 401);
  return token.text;
}

/** Forget the token that the server has just refused, so that the next request asks for another. */
export function tokenWasRefused(refused: string): void {
  if (token?.text === refused) token = undefined;
}

/** Find out who is here when the page opens. Never throws: the answer is in `useLogin`. */
export async function start(): Promise<void> {
  try {
    if (await hasRefreshToken()) await renew();
    else useLogin.setState({ status: "signed-out", me: undefined });
  } catch (thrown) {
    const isEnded = thrown instanceof Problem && thrown.status === 401 && useLogin.getState().status === "signed-out";
    if (!isEnded) useLogin.setState({ status: "unreachable", me: undefined });
  }
}

/** Scripts cannot see the cookie; asking to refresh without one would be an error in every newcomer's console. */
async function hasRefreshToken(): Promise<boolean> {
  const answer = await fetch("/api/auth/setup", { signal: AbortSignal.timeout(DEADLINE_MS) }).catch(() => {
    throw unreachable();
  });
  if (!answer.ok) throw problemOf(answer.status, await answer.json().catch(() => undefined));
  return ((await answer.json()) as SetupState).has_refresh_token;
}

/** Create the first administrator, or give the second proof of signing in. Throws Problem. */
export async function enter(path: "/api/auth/setup" | "/api/auth/login/mfa", body: object): Promise<void> {
  share(await signedInFrom(await post(path, body)));
}

/** Sign in with a password; what comes back, if anything, says that a code is asked for next. Throws Problem. */
export const enterWithPassword = (body: { email: string; password: string }) => takeFirstStep("/api/auth/login", body);

/** Sign in with a code that was mailed to this browser's asking; see `enterWithPassword`. Throws Problem. */
export const enterWithMailedCode = (code: string) => takeFirstStep("/api/auth/magic-link/login", { code });

async function takeFirstStep(path: string, body: object): Promise<SecondFactorNeeded | undefined> {
  const answer = (await bodyFrom(await post(path, body))) as SignedIn | SecondFactorNeeded;
  if ("mfa_required" in answer) return answer;
  share(answer);
  return undefined;
}

/**
 * Prove again who one is; the server then ends this session and goes on with another. Throws Problem.
 *
 * No renewal may run meanwhile: its cookie would belong to the session that has just ended, and lock every tab.
 */
export async function stepUp(proof: { password: string } | { code: string }): Promise<void> {
  await freshToken();
  await alone(async () => share(await signedInFrom(await post("/api/auth/step-up", proof, token?.text))));
}

/** End the session on the server, then here and in the other tabs. Throws Problem when the server was not reached. */
export async function endSession(): Promise<void> {
  const bearer = await freshToken().catch(() => undefined);
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (bearer !== undefined) headers.authorization = `Bearer ${bearer}`;
  const answer = await fetch("/api/auth/logout", { method: "POST", headers, body: "{}" }).catch(() => {
    throw unreachable();
  });
  if (!answer.ok && answer.status !== 401) throw problemOf(answer.status, await answer.json().catch(() => undefined));
  forget();
  tabs.postMessage(SIGNED_OUT);
}

/** Leave a locked page for good: the session has ended already, so there is nothing to tell the server. */
export const leave = (): void => forget();

function forget(): void {
  token = undefined;
  useLogin.setState({ status: "signed-out", me: undefined });
}

tabs.onmessage = ({ data }: MessageEvent<SignedIn | typeof SIGNED_OUT>) =>
  data === SIGNED_OUT ? forget() : adopt(data);
