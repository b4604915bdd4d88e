// Who is signed in here, and the way out.
import { Trans, useLingui } from "@lingui/react/macro";
import { Initial } from "@/app/AccountMenu";
import { Button, notify, SignOutIcon } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { signOut } from "@/sign_out/sign_out";
import { refusalOf, useMe } from "@/wire";
import { useLook } from "@/wire/impersonation";
import { EmailSection } from "./EmailSection";
import { OnlyTheirs } from "./OnlyTheirs";
import { ProfileForm } from "./ProfileForm";
import { Section } from "./Section";

export function ProfileSettings() {
  const { t } = useLingui();
  const me = useMe();
  const { look } = useLook();
  if (me === undefined) return null;
  const roles = { admin: t`Administrator`, member: t`Member`, guest: t`Guest` };
  return (
    <>
      <Section title={t`Profile`}>
        <div className="flex items-center gap-4 rounded-xl border border-line bg-surface p-5 shadow-low">
          <Initial name={me.display_name} className="size-12 text-lg" />
          <div className="flex min-w-0 flex-col">
            <span className="font-medium wrap-anywhere">{me.display_name}</span>
            {me.email && <span className="text-muted text-sm wrap-anywhere">{me.email}</span>}
            <span className="text-muted text-sm">{roles[me.role]}</span>
          </div>
        </div>
        {look === undefined ? <ProfileForm /> : <OnlyTheirs />}
      </Section>
      {look === undefined && <EmailSection />}
      {look === undefined && <ThisDevice />}
    </>
  );
}

function ThisDevice() {
  const { t } = useLingui();
  const problemText = useProblemText();
  const leave = () =>
    void signOut().catch((thrown: unknown) =>
      notify({ title: t`You are still signed in`, detail: problemText(refusalOf(thrown)), tone: "danger" }),
    );
  return (
    <Section title={t`This device`} description={t`Signing out ends the session here and in every tab.`}>
      <Button onPress={leave} className="self-start">
        <SignOutIcon />
        <Trans>Sign out</Trans>
      </Button>
    </Section>
  );
}
