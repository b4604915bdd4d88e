// What can be done with a conversation in a list; a refusal is told at the edge, and what can be undone says how.
import { useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { notify } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type ChangeThread, refusalOf, type Thread } from "@/wire";
import { changeThread, deleteThread, eraseThread, orderPins, restoreThread } from "@/wire/managing";

export function useThreadActs() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const problemText = useProblemText();
  return useMemo(() => {
    /** Whether it was done. */
    const attempt = async (title: string, work: () => Promise<unknown>): Promise<boolean> => {
      try {
        await work();
        return true;
      } catch (thrown) {
        notify({ title, detail: problemText(refusalOf(thrown)), tone: "danger" });
        return false;
      }
    };
    const open = (threadId: string) => navigate({ to: "/t/$threadId", params: { threadId } });
    const change = (thread: Thread, body: ChangeThread) =>
      attempt(t`The conversation was not changed`, () => changeThread(thread.id, body));
    const restore = (thread: Thread) =>
      attempt(t`The conversation was not brought back`, () => restoreThread(thread.id));
    return {
      change,
      restore,
      erase: (thread: Thread) => attempt(t`The conversation was not erased`, () => eraseThread(thread.id)),
      orderPins: (threads: string[]) => attempt(t`The order was not changed`, () => orderPins(threads)),
      archive: async (thread: Thread, isOpen: boolean) => {
        if (!(await change(thread, { archived: true }))) return false;
        const back = { archived: false, ...(thread.pin_order !== null && { pinned: true }) };
        if (isOpen) await navigate({ to: "/" });
        const undo = async () => void ((await change(thread, back)) && isOpen && (await open(thread.id)));
        notify({ title: t`Archived`, detail: thread.title, action: { label: t`Undo`, act: () => void undo() } });
        return true;
      },
      /** One that is open closes, and is open again when this is undone. */
      remove: async (thread: Thread, isOpen: boolean) => {
        if (!(await attempt(t`The conversation was not deleted`, () => deleteThread(thread.id)))) return false;
        if (isOpen) await navigate({ to: "/" });
        const undo = async () => void ((await restore(thread)) && isOpen && (await open(thread.id)));
        notify({ title: t`Deleted`, detail: thread.title, action: { label: t`Undo`, act: () => void undo() } });
        return true;
      },
    };
  }, [navigate, problemText, t]);
}
