// Signing in, staying signed in, and leaving: the access token lives in memory only, the refresh token in a cookie.
import { bodyFrom, DEADLINE_MS, post, type Token, tokenFrom } from "./auth_calls";
import { isLooking, leaveLook, lookToken, lookTokenWasRefused, renewLook, useLook } from "./impersonation";
import { useLogin } from "./login_state";
import { Problem, problemFrom, textOf, unreachable } from "./problems";
import { answerAfterWork } from "./proof_of_work/answer_after_work";
import type {
  Me,
  PasskeyAnswer,
  PasskeyQuestion,
  PendingDeletion,
  SecondFactorNeeded,
  SetupState,
  SignedIn,
} from "./types";

export { useLogin };

const SIGNED_OUT = "signed-out";
const LOCK = "emergence.refresh";
const tabs = new BroadcastChannel("emergence.login");
let token: Token | undefined;

const signedInFrom = async (answer: Response) => (await bodyFrom(answer)) as SignedIn;

/** Take over what the server, or another tab that just asked it, has answered. */
function adopt(signedIn: SignedIn): void {
  const { user_id, role, email, display_name } = signedIn;
  token = tokenFrom(signedIn);
  const { look } = useLook.getState();
  if (look?.administrator.user_id === user_id) return; // the page goes on to show the other person
  leaveLook();
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
  if (isLooking()) return renewLook();
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
  if (isLooking()) return lookToken();
  if (token === undefined || Date.now() > token.freshUntil) await renew();
  if (token === undefined) throw new Problem("login_session_ended", "Sign in again.", 401);
  return token.text;
}

/** Forget the token that the server has just refused, so that the next request asks for another. */
export function tokenWasRefused(refused: string): void {
  lookTokenWasRefused(refused);
  if (token?.text === refused) token = undefined;
}

/** Find out who is here when the page opens. Never throws: the answer is in `useLogin`. */
export async function start(): Promise<void> {
  try {
    if (await hasRefreshToken()) await renew();
    else useLogin.setState({ status: "signed-out", me: undefined });
  } catch (thrown) {
    const isEnded = thrown instanceof Problem && thrown.status === 401 && useLogin.getState().status === "signed-out";
    if (isEnded) return;
    const me = await readerOffline();
    useLogin.setState(me ? { status: "signed-in", me } : { status: "unreachable", me: undefined });
  }
}

/** Who may read this device's copies until the server is reached again, and then has to be signed in still. */
async function readerOffline(): Promise<Me | undefined> {
  return (await import("./reading_copy")).showCopies(Date.now());
}

/** Scripts cannot see the cookie; asking to refresh without one would be an error in every newcomer's console. */
async function hasRefreshToken(): Promise<boolean> {
  const answer = await fetch("/api/auth/setup", { signal: AbortSignal.timeout(DEADLINE_MS) }).catch(() => {
    throw unreachable();
  });
  if (!answer.ok) throw await problemFrom(answer);
  return ((await answer.json()) as SetupState).has_refresh_token;
}

type WayIn = "/api/auth/setup" | "/api/auth/login/mfa" | "/api/auth/register/confirm" | "/api/auth/invitations/accept";

/** Make an account, or give the second proof of signing in. Throws Problem. */
export async function enter(path: WayIn, body: object): Promise<void> {
  share(await signedInFrom(await post(path, body)));
}

async function enterUnlessMoreIsAsked(sending: Promise<Response>): Promise<SecondFactorNeeded | undefined> {
  const answer = (await bodyFrom(await sending)) as SignedIn | SecondFactorNeeded;
  if ("mfa_required" in answer) return answer;
  share(answer);
  return undefined;
}

/** Sign in with a password; what comes back, if anything, says what is asked for next. Throws Problem. */
export const enterWithPassword = (body: { email: string; password: string }) =>
  enterUnlessMoreIsAsked(answerAfterWork((altcha) => post("/api/auth/login", { ...body, ...(altcha && { altcha }) })));

/** What a passkey has to answer: any here, or with `mfa_token` one of whoever took the first step. Throws Problem. */
export async function askForPasskey(body: { mfa_token?: string }): Promise<PasskeyQuestion> {
  return (await bodyFrom(await post("/api/auth/passkeys/login/begin", body))) as PasskeyQuestion;
}

/** Sign in with a passkey; one that may be a copy is only a first step. Throws Problem. */
export const enterWithPasskey = (body: { credential: PasskeyAnswer; mfa_token?: string }) =>
  enterUnlessMoreIsAsked(post("/api/auth/passkeys/login/finish", body));

/** Sign in with a code that was mailed to this browser's asking; see `enterWithPassword`. Throws Problem. */
export const enterWithMailedCode = (code: string) =>
  enterUnlessMoreIsAsked(post("/api/auth/magic-link/login", { code }));

export type Proof = { password: string } | { code: string } | { passkey: PasskeyAnswer };

/**
 * Prove again who one is; the server then ends this session and goes on with another. Throws Problem.
 *
 * No renewal may run meanwhile: its cookie would belong to the session that has just ended, and lock every tab.
 */
export async function stepUp(proof: Proof): Promise<void> {
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
  if (!answer.ok && answer.status !== 401) throw await problemFrom(answer);
  leaveEverywhere();
}

/** What a refused sign-in says of an account that is about to be deleted; undefined for any other refusal. */
export function pendingDeletionOf(thrown: unknown): PendingDeletion | undefined {
  if (!(thrown instanceof Problem) || thrown.code !== "deletion_pending") return undefined;
  const dueAt = textOf(thrown.body, "due_at");
  return dueAt === undefined ? undefined : { dueAt, undoToken: textOf(thrown.body, "undo_token") };
}

/** Keep an account that was about to be deleted; signing in works again then. Throws Problem. */
export async function undoDeletion(undo_token: string): Promise<void> {
  const answer = await post("/api/auth/me/undelete", { undo_token });
  if (!answer.ok) throw await problemFrom(answer);
}

/** The account was shut, and with it every session: nobody is here any more, in any tab. */
export function leaveEverywhere(): void {
  forget();
  tabs.postMessage(SIGNED_OUT);
}

/** Say on this page how the person here is called now. */
export function renameMe(display_name: string): void {
  const login = useLogin.getState();
  if (login.me) useLogin.setState({ ...login, me: { ...login.me, display_name } });
}

/** Leave a locked page for good: the session has ended already, so there is nothing to tell the server. */
export const leave = (): void => forget();

function forget(): void {
  leaveLook();
  token = undefined;
  useLogin.setState({ status: "signed-out", me: undefined });
}

tabs.onmessage = ({ data }: MessageEvent<SignedIn | typeof SIGNED_OUT>) =>
  data === SIGNED_OUT ? forget() : adopt(data);
