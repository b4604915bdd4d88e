// One's own profile, an export of everything that is kept of one, and the end of one's account.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { freshToken, leaveEverywhere, renameMe } from "./login";
import { deleteUnsent } from "./outbox";
import { problemFrom, unreachable } from "./problems";
import { type Answer, answerOf } from "./questions";
import { bodyOf, rest } from "./rest";
import type { ChangeMyAccount, Export, MyAccount } from "./types";

const ACCOUNT = ["my-account"];
const EXPORT = ["my-export"];
const ASK_EVERY_MS = 2000;
const AS_JSON = { headers: { "content-type": "application/json" } };

/** The account of the person here. */
export function useMyAccount(): Answer<MyAccount> {
  const queryFn = async () => bodyOf(await rest.GET("/api/auth/me"));
  return answerOf(useQuery({ queryKey: ACCOUNT, staleTime: 0, queryFn }));
}

/** Whether an export is under way. */
export const isUnderWay = (state: Export["state"] | undefined): boolean => state === "waiting" || state === "running";

/** How long to wait before asking again how far an export is; not at all once nothing happens any more. */
export const askExportEvery = (found: Export | null | undefined): number | false =>
  isUnderWay(found?.state) ? ASK_EVERY_MS : false;

/** The newest export, null where there is none; asked for again and again while it is collected. */
export function useMyExport(): Answer<Export | null> {
  return answerOf(
    useQuery({
      queryKey: EXPORT,
      staleTime: 0,
      queryFn: async () => bodyOf(await rest.GET("/api/auth/me/export")).export,
      refetchInterval: ({ state }) => askExportEvery(state.data),
    }),
  );
}

/** What can be done about it; each throws Problem. */
export function useMyDataActs() {
  const cache = useQueryClient();
  return useMemo(
    () => ({
      changeMyAccount: async (body: ChangeMyAccount) => {
        const account = bodyOf(await rest.PATCH("/api/auth/me", { body }));
        cache.setQueryData(ACCOUNT, account);
        renameMe(account.display_name);
      },
      beginExport: async () => {
        cache.setQueryData(EXPORT, bodyOf(await rest.POST("/api/auth/me/export", AS_JSON)));
      },
      fetchExport: () => fetchFile("/api/auth/me/export/download"),
      /** Shut the account; returns when it is deleted. Call `forgetMe` once that has been said. */
      deleteAccount: async () => bodyOf(await rest.DELETE("/api/auth/me", AS_JSON)).due_at,
    }),
    [cache],
  );
}

/** Sign the page out and delete what this device still held unsent. */
export async function forgetMe(user: string): Promise<void> {
  leaveEverywhere();
  await deleteUnsent(user);
}

/** The name under which a file is to be saved, with all its letters where it says them (RFC 6266). */
function nameIn(disposition: string): string | undefined {
  const whole = /filename\*=UTF-8''([^;]+)/.exec(disposition)?.[1];
  return whole === undefined ? /filename="([^"]+)"/.exec(disposition)?.[1] : decodeURIComponent(whole);
}

/** Download the file; it may be large and slow, so that nothing but the person ends it. Throws Problem. */
export async function fetchFile(path: string): Promise<File> {
  const headers = { authorization: `Bearer ${await freshToken()}` };
  const answer = await fetch(path, { headers }).catch(() => {
    throw unreachable();
  });
  if (!answer.ok) throw await problemFrom(answer);
  const name = nameIn(answer.headers.get("content-disposition") ?? "");
  const content = await answer.blob().catch(() => {
    throw unreachable();
  });
  return new File([content], name ?? "emergence-export.zip", { type: content.type || "application/zip" });
}
