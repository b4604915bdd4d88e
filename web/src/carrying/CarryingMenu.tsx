// The menu in the line above a conversation.
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { IconButton, Menu, MenuTrigger, ShareIcon } from "@/design";
import type { ExportFormat } from "@/wire/carrying";
import { type CarryingAct, CarryingItems, ShareWindow, useExport } from "./CarryingItems";

export default function CarryingMenu({ threadId }: { threadId: string }) {
  const { t } = useLingui();
  const [isSharing, setSharing] = useState(false);
  const exportAs = useExport(threadId);
  const act = (chosen: CarryingAct) => (chosen === "share" ? setSharing(true) : void exportAs(chosen as ExportFormat));
  return (
    <>
      <MenuTrigger>
        <IconButton label={t`Share and export`}>
          <ShareIcon />
        </IconButton>
        <Menu aria-label={t`Share and export`} placement="bottom end" onAction={(key) => act(key as CarryingAct)}>
          <CarryingItems />
        </Menu>
      </MenuTrigger>
      <ShareWindow threadId={threadId} isOpen={isSharing} onClose={() => setSharing(false)} />
    </>
  );
}
