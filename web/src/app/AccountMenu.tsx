// Who is signed in, at the foot of the conversations, with the way to settings and out.
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { Button } from "react-aria-components";
import { MemoryIcon, Menu, MenuItem, MenuTrigger, notify, PeopleIcon, SettingsIcon, SignOutIcon } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { signOut } from "@/sign_out/sign_out";
import { refusalOf, useMe } from "@/wire";

export function AccountMenu() {
  const { t } = useLingui();
  const me = useMe();
  const navigate = useNavigate();
  const problemText = useProblemText();
  if (me === undefined) return null;

  const leave = () =>
    signOut().catch((thrown: unknown) =>
      notify({ title: t`You are still signed in`, detail: problemText(refusalOf(thrown)), tone: "danger" }),
    );
  const acts: Record<string, () => unknown> = {
    memory: () => navigate({ to: "/memory" }),
    settings: () => navigate({ to: "/settings/profile" }),
    administration: () => navigate({ to: "/admin/people" }),
    leave,
  };

  return (
    <MenuTrigger>
      <Button
        aria-label={t`Account: ${me.display_name}`}
        className="flex w-full items-center gap-3 rounded-lg px-2 py-2 text-left hover:bg-hover data-pressed:bg-pressed"
      >
        <Initial name={me.display_name} />
        <span className="min-w-0 flex-1 font-medium text-sm wrap-anywhere">{me.display_name}</span>
      </Button>
      <Menu aria-label={t`Account`} placement="top start" onAction={(key) => void acts[key]?.()}>
        <MenuItem id="memory" textValue={t`Memory`} icon={<MemoryIcon />}>
          <Trans>Memory</Trans>
        </MenuItem>
        <MenuItem id="settings" textValue={t`Settings`} icon={<SettingsIcon />}>
          <Trans>Settings</Trans>
        </MenuItem>
        {me.role === "admin" && (
          <MenuItem id="administration" textValue={t`Administration`} icon={<PeopleIcon />}>
            <Trans>Administration</Trans>
          </MenuItem>
        )}
        <MenuItem id="leave" textValue={t`Sign out`} icon={<SignOutIcon />}>
          <Trans>Sign out</Trans>
        </MenuItem>
      </Menu>
    </MenuTrigger>
  );
}

/** The first letter of a name, as a small round picture. */
export function Initial({ name, className = "size-7 text-xs" }: { name: string; className?: string }) {
  const letter = [...name.trim()][0]?.toLocaleUpperCase() ?? "·";
  return (
    <span
      aria-hidden="true"
      data-letter={letter} // drawn, not written: a button's text must begin with its name
      className={`grid shrink-0 place-items-center rounded-full bg-accent font-semibold text-on-accent before:content-[attr(data-letter)] ${className}`}
    />
  );
}
