// Conversations that leave as files, come in as files, and are shown by links.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { freshToken } from "./login";
import { fetchFile } from "./my_data";
import { problemFrom, unreachable } from "./problems";
import { type Answer, answerOf } from "./questions";
import { bodyOf, rest } from "./rest";
import type { components } from "./rest.gen";
import type { Language } from "./types";

type Schemas = components["schemas"];
export type Share = Schemas["Share"];
export type Shares = Schemas["Shares"];
export type NewShare = Schemas["NewShare"];
export type SharedConversation = Schemas["SharedConversation"];
export type SharedMessage = Schemas["SharedMessage"];
export type Import = Schemas["Import"];
export type ImportFault = NonNullable<Schemas["ImportProblem"]["fault"]>;
export type ExportFormat = "markdown" | "json" | "pdf";

const SHARES = "shares";
const IMPORTS = ["imports"];
const ASK_EVERY_MS = 1000;
const AS_JSON = { headers: { "content-type": "application/json" } };

/** One conversation as a file. Throws Problem. */
export const exportThread = (thread: string, format: ExportFormat, language: Language): Promise<File> =>
  fetchFile(`/api/threads/${thread}/export?format=${format}&language=${language}`);

/** All conversations as one archive. Throws Problem. */
export const exportAll = (): Promise<File> => fetchFile("/api/threads/export");

/** The address of a link: its token stands behind the `#`, which browsers send nowhere. */
export const addressOf = (token: string): string => `${location.origin}/s#${token}`;

/** The links of the person here that lead somewhere, of all conversations or of one. */
export function useShares(thread?: string): Answer<Shares> {
  const query = thread === undefined ? {} : { thread };
  return answerOf(
    useQuery({
      queryKey: [SHARES, thread ?? "all"],
      staleTime: 0,
      queryFn: async () => bodyOf(await rest.GET("/api/threads/shares", { params: { query } })),
    }),
  );
}

/** What can be done about links; each throws Problem. */
export function useShareActs() {
  const cache = useQueryClient();
  return useMemo(() => {
    const again = () => cache.invalidateQueries({ queryKey: [SHARES] });
    return {
      share: async (thread: string, author: string | null, days: number | null): Promise<NewShare> => {
        const params = { path: { thread_id: thread } };
        const made = bodyOf(await rest.POST("/api/threads/{thread_id}/share", { params, body: { author, days } }));
        await again();
        return made;
      },
      update: async (share: string): Promise<void> => {
        await rest.POST("/api/threads/shares/{share_id}/update", { params: { path: { share_id: share } }, ...AS_JSON });
        await again();
      },
      revoke: async (share: string): Promise<void> => {
        await rest.DELETE("/api/threads/shares/{share_id}", { params: { path: { share_id: share } }, ...AS_JSON });
        await again();
      },
    };
  }, [cache]);
}

/** A page of what a link shows; nobody has to be signed in, and who is does not say so. Throws Problem. */
export async function readShared(token: string, after: number): Promise<SharedConversation> {
  const answer = await fetch("/api/shared", {
    method: "POST",
    body: JSON.stringify({ token, after }),
    ...AS_JSON,
  }).catch(() => {
    throw unreachable();
  });
  if (!answer.ok) throw await problemFrom(answer);
  return (await answer.json()) as SharedConversation;
}

/** Go on with what a link shows, in a conversation of one's own; returns its id. Throws Problem. */
export const copyShared = async (token: string): Promise<string> =>
  bodyOf(await rest.POST("/api/shared/copy", { body: { token } })).id;

/** The latest imports; asked for again and again while one runs. */
export function useImports(): Answer<Import[]> {
  return answerOf(
    useQuery({
      queryKey: IMPORTS,
      staleTime: 0,
      queryFn: async () => bodyOf(await rest.GET("/api/threads/imports")).imports,
      refetchInterval: ({ state }) => (state.data?.some(({ state: is }) => is === "running") ? ASK_EVERY_MS : false),
    }),
  );
}

/** Send a file; what becomes of it is among the imports then. Returns a function that throws Problem. */
export function useImportFile(): (file: File) => Promise<void> {
  const cache = useQueryClient();
  return async (file) => {
    const headers = {
      authorization: `Bearer ${await freshToken()}`,
      "content-type": "application/octet-stream",
    };
    const answer = await fetch("/api/threads/import", { method: "POST", headers, body: file }).catch(() => {
      throw unreachable();
    });
    if (!answer.ok) throw await problemFrom(answer);
    const begun = (await answer.json()) as Import;
    await cache.cancelQueries({ queryKey: IMPORTS }); // an answer that is on its way does not know of it
    cache.setQueryData<Import[]>(IMPORTS, (known = []) => [begun, ...known.filter(({ id }) => id !== begun.id)]);
    await cache.invalidateQueries({ queryKey: IMPORTS });
  };
}
