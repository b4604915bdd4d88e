// Providers that one can sign in with, and the accounts there that are linked to one's own.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Answer, answerOf, useSetupState } from "./questions";
import { bodyOf, rest } from "./rest";
import { SECURITY } from "./security";
import type { Identities, SecondFactorNeeded, SignInProvider } from "./types";

/** Those that this server's operator has set up; none until it has answered. */
export const useSignInProviders = (): SignInProvider[] => useSetupState().data?.providers ?? [];

/** Leave for a provider to sign in there; `again` asks it for a fresh proof. Throws Problem while still here. */
export async function goToProvider(provider: string, body: { next?: string; again: boolean }): Promise<void> {
  const path = { provider };
  location.assign(bodyOf(await rest.POST("/api/auth/oidc/{provider}/start", { params: { path }, body })).location);
}

/** What the second step needs, for the token with which a provider's part of signing in has ended; asked for once. */
export function useHandover(token: string | undefined): Answer<SecondFactorNeeded> {
  const queryFn = async () => bodyOf(await rest.POST("/api/auth/oidc/handover", { body: { token: token ?? "" } }));
  const once = { enabled: token !== undefined, retry: false, staleTime: Number.POSITIVE_INFINITY, gcTime: 0 };
  return answerOf(useQuery({ queryKey: ["handover", token], queryFn, ...once }));
}

/** The accounts at providers that sign the person here in, and whether a password does too. */
export function useIdentities(): Answer<Identities> {
  const queryFn = async () => bodyOf(await rest.GET("/api/auth/identities"));
  return answerOf(useQuery({ queryKey: [SECURITY, "identities"], staleTime: 0, queryFn }));
}

/** What can be done about them; each throws Problem. */
export function useIdentityActs() {
  const cache = useQueryClient();
  return useMemo(
    () => ({
      /** Where to go to link an account at a provider. */
      beginLinking: async (provider: string) =>
        bodyOf(await rest.POST("/api/auth/identities", { body: { provider } })).location,
      unlink: async (identity_id: string) => {
        const headers = { "content-type": "application/json" };
        const params = { path: { identity_id } };
        try {
          await rest.DELETE("/api/auth/identities/{identity_id}", { params, headers });
        } finally {
          void cache.invalidateQueries({ queryKey: [SECURITY] });
        }
      },
    }),
    [cache],
  );
}
