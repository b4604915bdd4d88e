// What leaves of a conversation: entries for any menu, and the windows that they open.
import { useLingui } from "@lingui/react/macro";
import { lazy, Suspense } from "react";
import { MenuItem, notify } from "@/design";
import { useLanguage } from "@/i18n/language";
import { useProblemText } from "@/i18n/problem_text";
import { saveFile } from "@/settings/security/save_text";
import { refusalOf } from "@/wire";
import { type ExportFormat, exportThread } from "@/wire/carrying";
import { isLooking } from "@/wire/impersonation";

const ShareDialog = lazy(() => import("./ShareDialog"));

export type CarryingAct = "share" | ExportFormat;

/** Children of a `Menu`; give what its `onAction` says to `useExport`. Temporary conversations cannot be shared. */
export function CarryingItems({ canShare }: { canShare: boolean }) {
  const { t } = useLingui();
  return (
    <>
      {canShare && !isLooking() && (
        <MenuItem id="share" textValue={t`Share by link`}>
          {t`Share by link…`}
        </MenuItem>
      )}
      <MenuItem id="markdown" textValue={t`Export as Markdown`} detail={t`To read and to edit`}>
        {t`Export as Markdown`}
      </MenuItem>
      <MenuItem id="pdf" textValue={t`Export as PDF`} detail={t`To print and to send`}>
        {t`Export as PDF`}
      </MenuItem>
      <MenuItem id="json" textValue={t`Export as JSON`} detail={t`To import it again, here or elsewhere`}>
        {t`Export as JSON`}
      </MenuItem>
    </>
  );
}

/** Export at once; say at the edge of the page why not. Resolves when that is over. */
export function useExport(threadId: string): (format: ExportFormat) => Promise<void> {
  const { t } = useLingui();
  const language = useLanguage();
  const problemText = useProblemText();
  return async (format) => {
    const withdraw = format === "pdf" ? notify({ title: t`The PDF is being made…` }) : undefined;
    try {
      saveFile(await exportThread(threadId, format, language));
    } catch (thrown) {
      notify({ title: t`The export failed`, detail: problemText(refusalOf(thrown)), tone: "danger" });
    } finally {
      withdraw?.();
    }
  };
}

type ShareWindowProps = { threadId: string; isOpen: boolean; onClose: () => void };

/** The window for links, loaded when it is opened first. */
export function ShareWindow({ threadId, isOpen, onClose }: ShareWindowProps) {
  return <Suspense>{isOpen && <ShareDialog threadId={threadId} onClose={onClose} />}</Suspense>;
}
