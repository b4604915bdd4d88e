// A window over the page: centred on wide screens, at the bottom edge on phones.
import type { ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { IconButton } from "./Button";
import { CloseIcon } from "./icons";

export type DialogProps = {
  title: string;
  isOpen: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  /** An alert cannot be dismissed by a click outside or Escape. */
  isAlert?: boolean;
  /** Wider, and begins at the top, for what grows while one looks at it. */
  isWide?: boolean;
  /** What a button beside the title is called that closes it; without it there is none. */
  closeLabel?: string;
  children: ReactNode;
};

/** Holds focus while open; gives it back on closing. */
export function Dialog({
  title,
  isOpen,
  onOpenChange,
  isAlert = false,
  isWide = false,
  closeLabel,
  children,
}: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      {...(onOpenChange ? { onOpenChange } : {})}
      isDismissable={!isAlert}
      isKeyboardDismissDisabled={isAlert}
      className={`fixed inset-0 z-40 flex justify-center bg-scrim backdrop-blur-[2px] data-entering:animate-appear sm:p-6 ${isWide ? "items-start sm:pt-[10vh]" : "items-end sm:items-center"}`}
    >
      <Modal
        className={`max-h-full w-full overflow-y-auto border border-line bg-raised shadow-high data-entering:animate-rise sm:rounded-2xl ${isWide ? "max-w-2xl max-sm:h-full" : "max-w-md rounded-t-2xl"}`}
      >
        <AriaDialog role={isAlert ? "alertdialog" : "dialog"} className="flex flex-col gap-5 p-6 outline-none sm:p-8">
          {closeLabel === undefined ? (
            <Heading slot="title" className="text-xl">
              {title}
            </Heading>
          ) : (
            <div className="flex items-start gap-3">
              <Heading slot="title" className="flex-1 text-xl">
                {title}
              </Heading>
              <IconButton size="sm" label={closeLabel} onPress={() => onOpenChange?.(false)} className="-mr-2">
                <CloseIcon className="size-4" />
              </IconButton>
            </div>
          )}
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
