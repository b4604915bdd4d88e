// Getting an account: registering, and accepting an invitation. None of it needs a session; confirming ends in one.
import { bodyFrom, post } from "./auth_calls";
import { paceOf } from "./by_mail";
import { enter } from "./login";
import { answerAfterWork } from "./proof_of_work/answer_after_work";
import type { InvitationShown } from "./types";

export type NewAccount = { email: string; display_name: string; password: string };

/** Ask for an account; the server does not say whether the address has one or may have one. See `paceOf`. Throws Problem. */
export async function askForAccount(account: NewAccount): Promise<number> {
  const sent = answerAfterWork((altcha) => post("/api/auth/register", { ...account, ...(altcha && { altcha }) }));
  return paceOf(await bodyFrom(await sent));
}

/** Make the account with the mailed link and sign in; elsewhere than where it was asked for, with a password. Throws Problem. */
export const confirmAccount = (token: string, password?: string) =>
  enter("/api/auth/register/confirm", { token, ...(password !== undefined && { password }) });

/** What an invitation offers; its link stays good. Throws Problem. */
export const showInvitation = async (token: string) =>
  (await bodyFrom(await post("/api/auth/invitations/show", { token }))) as InvitationShown;

/** Make the account that one is invited to and sign in. Throws Problem. */
export const acceptInvitation = (token: string, { display_name, password }: Omit<NewAccount, "email">) =>
  enter("/api/auth/invitations/accept", { token, display_name, password });
