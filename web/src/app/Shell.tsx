// The frame of the signed-in client: conversations at the side (a drawer on phones), the screen beside them.
import { useLingui } from "@lingui/react/macro";
import { Outlet, useLocation } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { SignOutQuestion } from "@/sign_out/SignOutQuestion";
import { ThreadList, useFinishedElsewhere } from "@/threads";
import { useMe } from "@/wire";
import { AccountMenu } from "./AccountMenu";
import { LookBanner } from "./LookBanner";
import { StillThereQuestion } from "./StillThereQuestion";
import { ShellContext } from "./shell_context";
import { useReturn } from "./use_return";
import { useSearch } from "./use_search";
import { withTextsOf } from "./with_texts";

const SearchDialog = lazy(withTextsOf("later")(() => import("@/managing/search/SearchDialog")));
const WIDE = "(min-width: 56rem)";

export function Shell() {
  const { t } = useLingui();
  const me = useMe(); // who views as somebody else sees nothing of the other page
  const isReturning = useReturn();
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  const { pathname } = useLocation();
  const lastPath = useRef(pathname);
  useEffect(() => {
    if (lastPath.current !== pathname) setDrawerOpen(false);
    lastPath.current = pathname;
  }, [pathname]);
  useCloseWhenWide(() => setDrawerOpen(false));
  useFinishedElsewhere();
  const search = useSearch(() => setDrawerOpen(false));

  return (
    <ShellContext value={{ openDrawer: () => setDrawerOpen(true), openSearch: search.open }}>
      <div className="flex h-dvh flex-col overflow-hidden">
        <LookBanner />
        <div className="flex min-h-0 flex-1">
          <nav
            aria-label={t`Conversations`}
            className="hidden w-72 shrink-0 flex-col border-line border-r bg-sunken wide:flex"
          >
            <Sidebar />
          </nav>
          <div className="flex min-w-0 flex-1 flex-col">{!isReturning && <Outlet key={me?.user_id} />}</div>
        </div>
      </div>
      <ModalOverlay
        isOpen={isDrawerOpen}
        onOpenChange={setDrawerOpen}
        isDismissable
        className="fixed inset-0 z-40 bg-scrim data-entering:animate-appear"
      >
        <Modal className="h-full w-[min(20rem,86vw)] bg-sunken shadow-high data-entering:animate-sheet">
          <Dialog aria-label={t`Conversations`} className="flex h-full flex-col outline-none">
            <Sidebar />
          </Dialog>
        </Modal>
      </ModalOverlay>
      {search.isOpen && (
        <Suspense>
          <SearchDialog onClose={search.close} />
        </Suspense>
      )}
      <SignOutQuestion />
      <StillThereQuestion />
    </ShellContext>
  );
}

function Sidebar() {
  const me = useMe();
  return (
    <>
      <div className="min-h-0 flex-1">
        <ThreadList key={me?.user_id} />
      </div>
      <div className="border-line border-t p-2">
        <AccountMenu />
      </div>
    </>
  );
}

function useCloseWhenWide(close: () => void) {
  const latest = useRef(close);
  useEffect(() => {
    latest.current = close;
  }, [close]);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const onChange = () => query.matches && latest.current();
    query.addEventListener("change", onChange);
    return () => query.removeEventListener("change", onChange);
  }, []);
}
