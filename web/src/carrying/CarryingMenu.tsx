// The menu in the line above a conversation.
import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { IconButton, Menu, MenuTrigger, ShareIcon } from "@/design";
import type { ExportFormat } from "@/wire/carrying";
import { type CarryingAct, CarryingItems, ShareWindow, useExport } from "./CarryingItems";

type CarryingMenuProps = { threadId: string; canShare: boolean };

export default function CarryingMenu({ threadId, canShare }: CarryingMenuProps) {
  const { t } = useLingui();
  const label = canShare ? t`Share and export` : t`Export`;
  const [isSharing, setSharing] = useState(false);
  const exportAs = useExport(threadId);
  const act = (chosen: CarryingAct) => (chosen === "share" ? setSharing(true) : void exportAs(chosen as ExportFormat));
  return (
    <>
      <MenuTrigger>
        <IconButton label={label}>
          <ShareIcon />
        </IconButton>
        <Menu aria-label={label} placement="bottom end" onAction={(key) => act(key as CarryingAct)}>
          <CarryingItems canShare={canShare} />
        </Menu>
      </MenuTrigger>
      <ShareWindow threadId={threadId} isOpen={isSharing} onClose={() => setSharing(false)} />
    </>
  );
}
