// Inviting people, and what became of those who were invited.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { LIST } from "@/audit/EventRow";
import { MoreButton } from "@/audit/MoreButton";
import { notify, Segments } from "@/design";
import { LANGUAGES, useLanguage } from "@/i18n/language";
import { Section } from "@/settings/Section";
import type { Invited } from "@/wire";
import { useInvitations, useLettingIn } from "@/wire/letting_in";
import { useSetupState } from "@/wire/questions";
import { Administered } from "../Administered";
import { HandOver } from "./HandOver";
import { InvitationRow } from "./InvitationRow";
import { type LetIn, LetInForm } from "./LetInForm";

export function InvitationsPage() {
  const { t } = useLingui();
  const sendsMail = useSetupState().data?.mail ?? false;
  const onScreen = useLanguage();
  const [language, setLanguage] = useState(onScreen);
  const { invite } = useLettingIn();
  const invitations = useInvitations();
  const [handed, setHanded] = useState<Invited>();
  const show = (invited: Invited) => {
    const { email } = invited.invitation;
    setHanded(invited.link === null ? undefined : invited);
    if (invited.is_mailed) notify({ title: t`The invitation is on its way to ${email}` });
  };
  const send = async (whom: LetIn) => show(await invite({ ...whom, language }));
  return (
    <>
      <Section
        title={t`Invite somebody`}
        description={
          sendsMail
            ? t`A link is mailed to them. It works once, within three days.`
            : t`This server sends no mail: you get the link and hand it over. It works once, within three days.`
        }
      >
        <LetInForm submitLabel={sendsMail ? t`Send the invitation` : t`Make the link`} act={send}>
          {sendsMail && (
            <Segments label={t`Language of the letter`} value={language} onChange={setLanguage} options={LANGUAGES} />
          )}
        </LetInForm>
        {handed?.link && <HandOver email={handed.invitation.email} link={handed.link} />}
      </Section>
      <Section title={t`Invitations`} description={t`The latest first; those that ended are kept for 30 days.`}>
        <Administered question={invitations}>
          {(found) =>
            found.length === 0 ? (
              <p className="text-muted">
                <Trans>Nobody was invited yet.</Trans>
              </p>
            ) : (
              <>
                <ul aria-label={t`Invitations`} className={LIST}>
                  {found.map((invitation) => (
                    <InvitationRow key={invitation.id} invitation={invitation} onSent={show} />
                  ))}
                </ul>
                <MoreButton pages={invitations} />
              </>
            )
          }
        </Administered>
      </Section>
    </>
  );
}
