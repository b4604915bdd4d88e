// The REST client: typed by the server's own description, signed in by a fresh token, errors as `Problem`.
import createClient, { type Middleware } from "openapi-fetch";
import { freshToken, renew, tokenWasRefused } from "./login";
import { problemFrom, problemOf, unreachable } from "./problems";
import type { paths } from "./rest.gen";

const OPEN_TO_ALL = /^\/api\/auth\/(setup$|oidc\/)/;
const DEADLINE_MS = 30_000;
/** What was sent is refused, not the token: another token would not help, and asking twice would count as two guesses. */
const ABOUT_THE_REQUEST = [
  "code_rejected",
  "credentials_rejected",
  "insufficient_user_authentication",
  "passkey_counter_back",
  "passkey_rejected",
];

const bearerOf = (request: Request) => request.headers.get("authorization")?.slice("Bearer ".length) ?? "";

async function send(request: Request): Promise<Response> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    // Browsers before 2024 cannot join the two: there, what nobody waits for any more is only not listened to.
    return await fetch(request, { signal: AbortSignal.any?.([request.signal, deadline]) ?? deadline });
  } catch {
    throw unreachable();
  }
}

async function isTokenRefused(answer: Response): Promise<boolean> {
  if (answer.status !== 401) return false;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  return !ABOUT_THE_REQUEST.includes(problemOf(answer.status, body).code);
}

/** Send; when the token is refused, renew it and send once more. */
async function sendSignedIn(request: Request): Promise<Response> {
  if (OPEN_TO_ALL.test(new URL(request.url).pathname)) return send(request);
  const again = request.clone();
  request.headers.set("authorization", `Bearer ${await freshToken()}`);
  const answer = await send(request);
  if (!(await isTokenRefused(answer))) return answer;
  tokenWasRefused(bearerOf(request));
  await renew();
  again.headers.set("authorization", `Bearer ${await freshToken()}`);
  return send(again);
}

const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    throw await problemFrom(response);
  },
};

export const rest = createClient<paths>({ baseUrl: location.origin, fetch: sendSignedIn });
rest.use(throwProblems);

/** The body of a successful answer. */
export function bodyOf<T>({ data }: { data?: T }): T {
  if (data === undefined) throw problemOf(502, undefined);
  return data;
}
