// Short notices under the screen's upper edge, where nobody writes, announced by screen readers; nothing that needs an answer.
import {
  UNSTABLE_Toast as AriaToast,
  Button,
  Text,
  UNSTABLE_ToastContent as ToastContent,
  UNSTABLE_ToastQueue as ToastQueue,
  UNSTABLE_ToastRegion as ToastRegion,
} from "react-aria-components";
import { CloseIcon } from "./icons";

export type Notice = {
  title: string;
  detail?: string;
  tone?: "plain" | "danger";
  /** What can still be done about it, until the notice goes. */
  action?: { label: string; act: () => void };
};

const VISIBLE_MS = 6000;
const TO_ACT_MS = 10_000;
const queue = new ToastQueue<Notice>({ maxVisibleToasts: 3 });

/** Show a notice for six seconds, ten if one can act (longer while the pointer or focus rests on it); returns what takes it away. */
export function notify(notice: Notice): () => void {
  const key = queue.add(notice, { timeout: notice.action ? TO_ACT_MS : VISIBLE_MS });
  return () => queue.close(key);
}

/** Where notices appear; mounted once. */
export function Notices({ closeLabel }: { closeLabel: string }) {
  return (
    <ToastRegion
      queue={queue}
      className="fixed inset-x-4 top-16 z-50 flex flex-col items-end gap-2 outline-none sm:left-auto sm:w-96"
    >
      {({ toast }) => (
        <AriaToast
          toast={toast}
          className="flex w-full animate-rise items-start gap-3 rounded-xl border border-line bg-raised py-3 pr-2 pl-4 shadow-high outline-none"
        >
          <ToastContent className="flex min-w-0 flex-1 flex-col">
            <Text slot="title" className={`font-medium ${toast.content.tone === "danger" ? "text-danger" : ""}`}>
              {toast.content.title}
            </Text>
            {toast.content.detail && (
              <Text slot="description" className="text-muted text-sm">
                {toast.content.detail}
              </Text>
            )}
          </ToastContent>
          {toast.content.action && (
            <Button
              className="h-8 rounded-md px-2.5 font-medium text-link text-sm hover:bg-hover"
              onPress={() => {
                queue.close(toast.key);
                toast.content.action?.act();
              }}
            >
              {toast.content.action.label}
            </Button>
          )}
          <Button
            slot="close"
            aria-label={closeLabel}
            className="grid size-8 place-items-center rounded-md text-muted hover:bg-hover"
          >
            <CloseIcon className="size-4" />
          </Button>
        </AriaToast>
      )}
    </ToastRegion>
  );
}
