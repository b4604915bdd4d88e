// What goes by mail: asking for letters, and using what they bring. None of it needs a session but one's own address.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { bodyFrom, post } from "./auth_calls";
import { problemFrom } from "./problems";
import { type Answer, answerOf } from "./questions";
import { bodyOf, rest } from "./rest";
import type { EmailState } from "./types";

const EMAIL = "email";
const AS_JSON = { headers: { "content-type": "application/json" } };

async function send(path: string, body: object): Promise<void> {
  const answer = await post(path, body);
  if (!answer.ok) throw await problemFrom(answer);
}

/** One letter a minute goes to an address; where the server says more, that counts. */
const LETTER_PACE_S = 60;

/** Seconds after which the same letter may be asked for again. */
export const paceOf = (body: object): number => {
  const told = (body as { retry_after_seconds?: unknown }).retry_after_seconds;
  return typeof told === "number" ? told : LETTER_PACE_S;
};

const askFor = async (path: string, email: string) => paceOf(await bodyFrom(await post(path, { email })));

/** Ask for a link that replaces a password; the server does not say whether the address is known. See `paceOf`. Throws Problem. */
export const askForReset = (email: string) => askFor("/api/auth/request-password-reset", email);

/** Ask for a code that signs this browser in; the server does not say whether the address is known. See `paceOf`. Throws Problem. */
export const askForCode = (email: string) => askFor("/api/auth/magic-link", email);

/** Choose a new password with a mailed link. Every session ends. Throws Problem. */
export const resetPassword = (token: string, new_password: string) =>
  send("/api/auth/reset-password", { token, new_password });

export type LinkPath = "/api/auth/verify-email" | "/api/auth/email/confirm" | "/api/auth/email/undo";

/** Use a mailed link, which works once. Throws Problem. */
export const spendLink = (path: LinkPath, token: string) => send(path, { token });

/** The address of the person here, and whether it is verified. */
export function useEmail(): Answer<EmailState> {
  const queryFn = async () => bodyOf(await rest.GET("/api/auth/email"));
  return answerOf(useQuery({ queryKey: [EMAIL], staleTime: 0, queryFn }));
}

/** What can be done about it; each throws Problem. */
export function useEmailActs() {
  const cache = useQueryClient();
  return useMemo(
    () => ({
      askForVerification: async () => {
        await rest.POST("/api/auth/verify-email/request", AS_JSON);
        void cache.invalidateQueries({ queryKey: [EMAIL] });
      },
      /** Mail a link to the address that is wanted; nothing changes before it is used. */
      askForChange: async (email: string) => {
        await rest.POST("/api/auth/email/change", { body: { email } });
      },
    }),
    [cache],
  );
}
