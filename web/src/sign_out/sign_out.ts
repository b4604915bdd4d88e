// Signing out by one's own wish: words that were not sent are deleted from this device only when their writer says so.
import { create } from "zustand";
import { countDrafts, deleteDrafts } from "@/conversation/composer/drafts";
import { endLook, isLooking } from "@/wire/impersonation";
import { endSession, useLogin } from "@/wire/login";
import { countUnsent, deleteUnsent } from "@/wire/outbox";

export type Choice = "stay" | "keep" | "delete";

/** The question that waits for an answer: how many drafts and messages were not sent. */
export const useQuestion = create<{ unsent: number; answer: (choice: Choice) => void } | { unsent: 0 }>(() => ({
  unsent: 0,
}));

/** Sign out, after asking what becomes of unsent words if there are any. Throws Problem when the server was not reached. */
export async function signOut(): Promise<void> {
  if (isLooking()) return await endLook(); // the person's own sessions and drafts are none of ours
  const user = useLogin.getState().me?.user_id;
  if (user === undefined) return;
  const unsent = (await orNothing(countDrafts(user), 0)) + (await countUnsent(user));
  const choice = unsent === 0 ? "keep" : await ask(unsent);
  if (choice === "stay") return;
  await endSession(); // first: a server that is away must not cost a draft
  await orNothing(deleteDrafts(user, { onlyBlank: choice === "keep" }), undefined);
  if (choice === "delete") await deleteUnsent(user);
}

function ask(unsent: number): Promise<Choice> {
  return new Promise((resolve) => {
    const settle = (choice: Choice) => {
      unfollow();
      useQuestion.setState({ unsent: 0 }, true);
      resolve(choice);
    };
    // Another tab has signed out meanwhile: the question goes with the page, and everything is kept.
    const unfollow = useLogin.subscribe(({ status }) => status === "signed-out" && settle("stay"));
    useQuestion.setState({ unsent, answer: settle }, true);
  });
}

/** A browser without storage holds no drafts. */
async function orNothing<T>(work: Promise<T>, nothing: T): Promise<T> {
  try {
    return await work;
  } catch (thrown) {
    console.warn("Drafts cannot be reached.", thrown);
    return nothing;
  }
}
