// What can be done with memory as a whole: write into it, forget what something is about, take it along.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { ArrowDownIcon, Button, IconButton, Menu, MenuItem, MenuTrigger, notify } from "@/design";
import { useLanguage } from "@/i18n/language";
import { useProblemText } from "@/i18n/problem_text";
import { saveFile } from "@/settings/security/save_text";
import { refusalOf } from "@/wire";
import { type ExportFormat, exportMemory } from "@/wire/memory";
import { ForgetAboutDialog } from "./forgetting/ForgetAboutDialog";
import { WriteDialog } from "./WriteDialog";

export function MemoryActs() {
  const { t } = useLingui();
  const language = useLanguage();
  const problemText = useProblemText();
  const [open, setOpen] = useState<"write" | "forget">();
  const close = () => setOpen(undefined);
  const save = async (format: ExportFormat) => {
    try {
      saveFile(await exportMemory(format, language));
    } catch (thrown) {
      notify({ title: t`The export failed`, detail: problemText(refusalOf(thrown)), tone: "danger" });
    }
  };
  const acts: Record<string, () => unknown> = {
    json: () => save("json"),
    markdown: () => save("markdown"),
  };
  return (
    <>
      <Button variant="primary" size="sm" onPress={() => setOpen("write")}>
        <Trans>Write something</Trans>
      </Button>
      <Button size="sm" onPress={() => setOpen("forget")}>
        <Trans>Forget about…</Trans>
      </Button>
      <MenuTrigger>
        <IconButton size="sm" label={t`Export`}>
          <ArrowDownIcon />
        </IconButton>
        <Menu aria-label={t`Export`} placement="bottom end" onAction={(key) => void acts[key]?.()}>
          <MenuItem id="markdown" textValue={t`Export as Markdown`} detail={t`To read`}>
            <Trans>Export as Markdown</Trans>
          </MenuItem>
          <MenuItem id="json" textValue={t`Export as JSON`} detail={t`With everything that is known of each item`}>
            <Trans>Export as JSON</Trans>
          </MenuItem>
        </Menu>
      </MenuTrigger>
      {open === "write" && <WriteDialog onClose={close} />}
      {open === "forget" && <ForgetAboutDialog onClose={close} />}
    </>
  );
}
