// Everything that is remembered of the person here: to read, search, correct, forget, take along, and switch off.
import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { Asked } from "@/app/Asked";
import { useShell } from "@/app/shell_context";
import { IconButton, MenuIcon } from "@/design";
import { OnlyTheirs } from "@/settings/OnlyTheirs";
import { useLook } from "@/wire/impersonation";
import { useMemoryState } from "@/wire/memory";
import { Choices } from "./Choices";
import { OpenItem } from "./item/OpenItem";
import { MemoryActs } from "./MemoryActs";
import { Shelves } from "./Shelves";

export function MemoryScreen() {
  const { t } = useLingui();
  const { openDrawer } = useShell();
  const { look } = useLook();
  useEffect(() => {
    document.title = `${t`Memory`} · Emergence`;
  }, [t]);
  return (
    <main className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="mx-auto flex w-full max-w-3xl flex-col gap-6 px-4 pt-4 pb-16 sm:px-8 wide:pt-10">
        <header className="flex flex-wrap items-center gap-x-2 gap-y-3">
          <span className="-ml-2 wide:hidden">
            <IconButton label={t`Conversations`} onPress={openDrawer}>
              <MenuIcon />
            </IconButton>
          </span>
          <h1 className="flex-1 text-xl">
            <Trans>Memory</Trans>
          </h1>
          {look === undefined && (
            <div className="flex items-center gap-2 max-sm:w-full">
              <MemoryActs />
            </div>
          )}
        </header>
        {look === undefined ? <Kept /> : <OnlyTheirs />}
      </div>
    </main>
  );
}

/** While memory is away one sentence says so, not each part. */
function Kept() {
  const state = useMemoryState();
  return (
    <>
      <Asked question={state}>{(known) => <Choices state={known} />}</Asked>
      {state.status !== "failed" && <Shelves />}
      <OpenItem />
    </>
  );
}
