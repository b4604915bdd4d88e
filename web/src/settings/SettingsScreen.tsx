// The frame of the settings: sections at the side on wide screens, above on narrow ones.
import { Trans, useLingui } from "@lingui/react/macro";
import { Link, Outlet } from "@tanstack/react-router";
import { useEffect } from "react";
import { SectionTabs, TAB } from "@/app/SectionTabs";
import { useShell } from "@/app/shell_context";
import { IconButton, MenuIcon } from "@/design";
import { useMe } from "@/wire";

export function SettingsScreen() {
  const { t } = useLingui();
  const { openDrawer } = useShell();
  const me = useMe();
  useEffect(() => {
    document.title = `${t`Settings`} · Emergence`;
  }, [t]);
  return (
    <main className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="mx-auto flex w-full max-w-4xl flex-col gap-6 px-4 pt-4 pb-16 sm:px-8 wide:pt-10">
        <header className="flex items-center gap-2">
          <span className="-ml-2 wide:hidden">
            <IconButton label={t`Conversations`} onPress={openDrawer}>
              <MenuIcon />
            </IconButton>
          </span>
          <h1 className="text-xl">
            <Trans>Settings</Trans>
          </h1>
        </header>
        <div className="flex flex-col gap-8 wide:flex-row wide:gap-12">
          <SectionTabs label={t`Settings`}>
            <Link to="/settings/profile" className={TAB}>
              <Trans>Profile</Trans>
            </Link>
            <Link to="/settings/security" className={TAB}>
              <Trans>Security</Trans>
            </Link>
            <Link to="/settings/conversations" className={TAB}>
              <Trans>Conversations</Trans>
            </Link>
            <Link to="/settings/data" className={TAB}>
              <Trans>Your data</Trans>
            </Link>
            <Link to="/settings/appearance" className={TAB}>
              <Trans>Appearance</Trans>
            </Link>
            {me?.role === "admin" && (
              <Link to="/settings/models" className={TAB}>
                <Trans>Models</Trans>
              </Link>
            )}
          </SectionTabs>
          <div className="flex min-w-0 flex-1 flex-col gap-8">
            <Outlet />
          </div>
        </div>
      </div>
    </main>
  );
}
