// What administrators do to let people in: invitations, and the addresses that may make an account by themselves.
import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Pages, usePages } from "./pages";
import { bodyOf, rest } from "./rest";
import type { AdministeredInvitation, AllowedAddress, Invite } from "./types";

const INVITATIONS = ["administration", "invitations"];
const ALLOWLIST = ["administration", "allowlist"];
const AS_JSON = { headers: { "content-type": "application/json" } };

/** Who was invited, the latest first. */
export function useInvitations(): Pages<AdministeredInvitation> {
  return usePages(INVITATIONS, async (before: string | undefined) => {
    const query = before === undefined ? {} : { before };
    const { invitations, next } = bodyOf(await rest.GET("/api/auth/admin/invitations", { params: { query } }));
    return { items: invitations, next };
  });
}

/** Whose owners may make an account, by address. */
export function useAllowlist(): Pages<AllowedAddress> {
  return usePages(ALLOWLIST, async (after: string | undefined) => {
    const query = after === undefined ? {} : { after };
    const { addresses, next } = bodyOf(await rest.GET("/api/auth/admin/allowlist", { params: { query } }));
    return { items: addresses, next };
  });
}

/** What can be done; each throws Problem, and asks the lists again. */
export function useLettingIn() {
  const cache = useQueryClient();
  return useMemo(() => {
    const andAskAgain = async <T>(act: Promise<T>): Promise<T> => {
      try {
        return await act;
      } finally {
        for (const queryKey of [INVITATIONS, ALLOWLIST]) void cache.invalidateQueries({ queryKey });
      }
    };
    const of = (invitation_id: string) => ({ ...AS_JSON, params: { path: { invitation_id } } });
    return {
      invite: async (body: Invite) => bodyOf(await andAskAgain(rest.POST("/api/auth/admin/invitations", { body }))),
      resend: async (id: string) =>
        bodyOf(await andAskAgain(rest.POST("/api/auth/admin/invitations/{invitation_id}/resend", of(id)))),
      revoke: async (id: string) => {
        await andAskAgain(rest.DELETE("/api/auth/admin/invitations/{invitation_id}", of(id)));
      },
      allow: async (body: Pick<AllowedAddress, "email" | "role" | "note">) =>
        bodyOf(await andAskAgain(rest.POST("/api/auth/admin/allowlist", { body }))),
      disallow: async (email: string) => {
        const params = { query: { email } };
        return bodyOf(await andAskAgain(rest.DELETE("/api/auth/admin/allowlist", { ...AS_JSON, params })));
      },
    };
  }, [cache]);
}
