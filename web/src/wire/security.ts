// What protects one's own account: the password, the second factor, and where one is signed in.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Pages, usePages } from "./pages";
import { newPasskey } from "./passkeys";
import { type Answer, answerOf } from "./questions";
import { bodyOf, rest } from "./rest";
import type { AuditedEvent, MyPasskeys, MySession, PasskeyAdded, SecondFactorStatus } from "./types";

/** What every question about the safety of an account begins with. */
export const SECURITY = "security";
const AS_JSON = { headers: { "content-type": "application/json" } }; // what the server asks of every POST, also without a body

/** Whether a code is asked of the person here when they sign in. */
export function useSecondFactor(): Answer<SecondFactorStatus> {
  const queryFn = async () => bodyOf(await rest.GET("/api/auth/2fa/status"));
  return answerOf(useQuery({ queryKey: [SECURITY, "second-factor"], staleTime: 0, queryFn }));
}

/** Where the person here is signed in, the latest used first. */
export function useMySessions(): Pages<MySession> {
  return usePages([SECURITY, "sessions"], async (before: string | undefined) => {
    const query = before === undefined ? {} : { before };
    const { sessions, next } = bodyOf(await rest.GET("/api/auth/my-sessions", { params: { query } }));
    return { items: sessions, next };
  });
}

/** What the person here did and what was done to their account, latest first. */
export function useMyActivity(): Pages<AuditedEvent> {
  return usePages([SECURITY, "activity"], async (before: number | undefined) => {
    const query = before === undefined ? {} : { before };
    const { events, next } = bodyOf(await rest.GET("/api/auth/my-activity", { params: { query } }));
    return { items: events, next };
  });
}

/** The passkeys of the person here, the oldest first, and where they work. */
export function useMyPasskeys(): Answer<MyPasskeys> {
  const queryFn = async () => bodyOf(await rest.GET("/api/auth/passkeys"));
  return answerOf(useQuery({ queryKey: [SECURITY, "passkeys"], staleTime: 0, queryFn }));
}

const PASSKEY = "/api/auth/passkeys/{passkey_id}";

/** What can be done about it; each throws Problem, and each asks the questions above again afterwards. */
export function useSecurityActs() {
  const cache = useQueryClient();
  return useMemo(() => {
    const askAgain = () => cache.invalidateQueries({ queryKey: [SECURITY] });
    const andAskAgain = async <T>(act: Promise<T>): Promise<T> => {
      try {
        return await act;
      } finally {
        void askAgain();
      }
    };
    return {
      askAgain,
      /** Replace the password; every other session ends. */
      changePassword: async (body: { current_password: string; new_password: string }) => {
        await andAskAgain(rest.POST("/api/auth/change-password", { body }));
      },
      /** Choose a password where there is none. */
      setFirstPassword: async (new_password: string) => {
        await andAskAgain(rest.POST("/api/auth/set-password", { body: { new_password } }));
      },
      /** Ask for a seed for an authenticator; it counts once a code has proved that it arrived. */
      beginEnrolment: async () => bodyOf(await rest.POST("/api/auth/2fa/enable", AS_JSON)),
      /** Let the seed count from now on; returns ten recovery codes, shown this once. Other sessions end. */
      confirmEnrolment: async (code: string) =>
        bodyOf(await andAskAgain(rest.POST("/api/auth/2fa/verify", { body: { code } }))).codes,
      /** Replace the recovery codes by ten new ones. */
      renewRecoveryCodes: async () =>
        bodyOf(await andAskAgain(rest.POST("/api/auth/2fa/recovery-codes", AS_JSON))).codes,
      /** Ask for no code any more when signing in. Other sessions end. */
      removeSecondFactor: async (code: string) => {
        await andAskAgain(rest.POST("/api/auth/2fa/disable", { body: { code } }));
      },
      /** Let this device, or one that it reaches, make a passkey; `name` is used where it does not say what it is. */
      addPasskey: async (name: string): Promise<PasskeyAdded> => {
        const { options } = bodyOf(await rest.POST("/api/auth/passkeys/register/begin", AS_JSON));
        const body = { credential: await newPasskey(options), name };
        return bodyOf(await andAskAgain(rest.POST("/api/auth/passkeys/register/finish", { body })));
      },
      renamePasskey: async (passkey_id: string, name: string) => {
        await andAskAgain(rest.PATCH(PASSKEY, { params: { path: { passkey_id } }, body: { name } }));
      },
      /** Forget a passkey. Other sessions end; the recovery codes go with the last second factor. */
      removePasskey: async (passkey_id: string) => {
        await andAskAgain(rest.DELETE(PASSKEY, { ...AS_JSON, params: { path: { passkey_id } } }));
      },
      endSessionOf: async (session_id: string) => {
        const path = "/api/auth/my-sessions/{session_id}/revoke";
        await andAskAgain(rest.POST(path, { ...AS_JSON, params: { path: { session_id } } }));
      },
      /** End every session but this one; returns how many. */
      endOtherSessions: async () =>
        bodyOf(await andAskAgain(rest.POST("/api/auth/my-sessions/revoke-others", AS_JSON))).revoked,
    };
  }, [cache]);
}
