// What administrators see and do: people, where they are signed in, and what happened to accounts.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { askExportEvery, fetchFile } from "./my_data";
import { type Pages, usePages } from "./pages";
import { type Answer, answerOf } from "./questions";
import { bodyOf, rest } from "./rest";
import type {
  AdministeredKeys,
  AdministeredPerson,
  AdministeredSession,
  AdministeredUser,
  AuditedEvent,
  DeploymentPreview,
  Export,
  Role,
} from "./types";

const ADMINISTRATION = "administration";
const AS_JSON = { headers: { "content-type": "application/json" } }; // what the server asks of every POST, also without a body

/** What is looked for in the log; moments are in ISO 8601. */
export type AuditSearch = {
  person?: string;
  kind?: string;
  outcome?: "success" | "failure";
  since?: string;
  until?: string;
};

/** Accounts whose name or address holds `words`. */
export function usePeople(words: string): Pages<AdministeredUser> {
  return usePages([ADMINISTRATION, "people", words], async (after: string | undefined) => {
    const query = { words, ...(after !== undefined && { after }) };
    const { users, next } = bodyOf(await rest.GET("/api/auth/admin/users", { params: { query } }));
    return { items: users, next };
  });
}

/** One account in full. */
export function usePerson(user_id: string): Answer<AdministeredPerson> {
  const params = { path: { user_id } };
  const queryFn = async () => bodyOf(await rest.GET("/api/auth/admin/users/{user_id}", { params }));
  return answerOf(useQuery({ queryKey: [ADMINISTRATION, "person", user_id], staleTime: 0, queryFn }));
}

/** Where everybody, or one person, is signed in. */
export function useSignIns(user_id?: string): Pages<AdministeredSession> {
  return usePages([ADMINISTRATION, "sign-ins", user_id], async (before: string | undefined) => {
    const query = { ...(user_id !== undefined && { user_id }), ...(before !== undefined && { before }) };
    const { sessions, next } = bodyOf(await rest.GET("/api/auth/admin/sessions", { params: { query } }));
    return { items: sessions, next };
  });
}

/** The newest export of somebody that an administrator asked for, null where there is none. */
export function useExportOf(user_id: string): Answer<Export | null> {
  const params = { path: { user_id } };
  return answerOf(
    useQuery({
      queryKey: [ADMINISTRATION, "export", user_id],
      staleTime: 0,
      queryFn: async () => bodyOf(await rest.GET("/api/auth/admin/users/{user_id}/export", { params })).export,
      refetchInterval: ({ state }) => askExportEvery(state.data),
    }),
  );
}

/** How much of everybody's a limit of `days` would erase; null: the one that is set. */
export function useDeploymentPreview(days: number | null): Answer<DeploymentPreview> {
  const query = days === null ? {} : { days };
  return answerOf(
    useQuery({
      queryKey: [ADMINISTRATION, "retention", days],
      staleTime: 0,
      queryFn: async ({ signal }) =>
        bodyOf(await rest.GET("/api/threads/retention/deployment", { params: { query }, signal })),
    }),
  );
}

/** The keys of access tokens, oldest first. */
export function useKeys(): Answer<AdministeredKeys> {
  const queryFn = async () => bodyOf(await rest.GET("/api/auth/admin/keys"));
  return answerOf(useQuery({ queryKey: [ADMINISTRATION, "keys"], staleTime: 0, queryFn }));
}

/** What happened, latest first. */
export function useAudit(search: AuditSearch): Pages<AuditedEvent> {
  return usePages([ADMINISTRATION, "audit", search], async (before: number | undefined) => {
    const query = { ...search, ...(before !== undefined && { before }) };
    const { events, next } = bodyOf(await rest.GET("/api/auth/admin/audit", { params: { query } }));
    return { items: events, next };
  });
}

/** What can be done; each throws Problem, and what changes something asks all of the above again. */
export function useAdministrationActs() {
  const cache = useQueryClient();
  return useMemo(() => {
    const askAgain = () => cache.invalidateQueries({ queryKey: [ADMINISTRATION] });
    const andAskAgain = async <T>(act: Promise<T>): Promise<T> => {
      try {
        return await act;
      } finally {
        void askAgain();
      }
    };
    const of = (user_id: string) => ({ params: { path: { user_id } } });
    const endSessions = async (of: { session_id: string } | { user_id: string } | { everybody: true }) => {
      const body = { everybody: false, ...of };
      return bodyOf(await andAskAgain(rest.POST("/api/auth/admin/sessions/revoke", { body }))).revoked;
    };
    return {
      askAgain,
      setStatus: async (user_id: string, status: "active" | "suspended") => {
        await andAskAgain(rest.PUT("/api/auth/admin/users/{user_id}/status", { ...of(user_id), body: { status } }));
      },
      setRole: async (user_id: string, role: Role) => {
        await andAskAgain(rest.PUT("/api/auth/admin/users/{user_id}/role", { ...of(user_id), body: { role } }));
      },
      resetSecondFactor: async (user_id: string) => {
        await andAskAgain(rest.POST("/api/auth/admin/users/{user_id}/reset-mfa", { ...AS_JSON, ...of(user_id) }));
      },
      /** Mail somebody a link for a new password; the link itself comes back where nothing is mailed. */
      offerReset: async (user_id: string) =>
        bodyOf(await rest.POST("/api/auth/admin/users/{user_id}/reset-link", { ...AS_JSON, ...of(user_id) })),
      /** Shut an account; returns when it is deleted. */
      deleteAccountOf: async (user_id: string) =>
        bodyOf(await andAskAgain(rest.DELETE("/api/auth/admin/users/{user_id}", { ...AS_JSON, ...of(user_id) })))
          .due_at,
      keepAccountOf: async (user_id: string) => {
        await andAskAgain(rest.POST("/api/auth/admin/users/{user_id}/undelete", { ...AS_JSON, ...of(user_id) }));
      },
      beginExportOf: async (user_id: string, reason: string) => {
        const body = { reason };
        await andAskAgain(rest.POST("/api/auth/admin/users/{user_id}/export", { ...of(user_id), body }));
      },
      fetchExportOf: async (user_id: string) => fetchFile(`/api/auth/admin/users/${user_id}/export/download`),
      /** Publish the next key; with `compromised` replace all of them at this moment. */
      rotateKeys: async (compromised: boolean) => {
        const params = { query: { compromised } };
        await andAskAgain(rest.POST("/api/auth/admin/keys/rotate", { ...AS_JSON, params }));
      },
      endEverybodysSessions: async () => endSessions({ everybody: true }),
      endSession: async (session_id: string) => endSessions({ session_id }),
      endSessionsOf: async (user_id: string) => endSessions({ user_id }),
      impersonate: async (user_id: string, reason: string) =>
        bodyOf(await rest.POST("/api/auth/admin/users/{user_id}/impersonate", { ...of(user_id), body: { reason } })),
      /** Compute the whole chain again. */
      verifyAudit: async () => bodyOf(await rest.GET("/api/auth/admin/audit/verify")),
      /** The log as a file of JSON lines. */
      exportAudit: async (query: AuditSearch) =>
        bodyOf(await rest.GET("/api/auth/admin/audit/export", { params: { query }, parseAs: "text" })) as string,
    };
  }, [cache]);
}
