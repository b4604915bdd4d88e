// Accounts elsewhere that sign one in here: which there are, another one, an end to one.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Asked } from "@/app/Asked";
import { Button, InlineNotice, notify, PeopleIcon } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { useStepUp } from "@/second_factor/step_up";
import { useArrival } from "@/sign_in_providers/arrival";
import { type Identity, refusalOf, type SignInProvider } from "@/wire";
import { useIdentities, useIdentityActs, useSignInProviders } from "@/wire/sign_in_providers";
import { Nothing } from "../Nothing";
import { Section } from "../Section";
import { UnlinkDialog } from "./UnlinkDialog";

export function LinkedAccountsSection() {
  const { t } = useLingui();
  const providers = useSignInProviders();
  const identities = useIdentities();
  const { beginLinking, unlink } = useIdentityActs();
  const { proved, question } = useStepUp();
  const problemText = useProblemText();
  const [unlinking, setUnlinking] = useState<Identity>();
  const [isPending, setPending] = useState(false);
  const attempt = async (act: () => Promise<void>) => {
    setPending(true);
    try {
      await act();
    } catch (thrown) {
      notify({ title: t`Nothing was changed`, detail: problemText(refusalOf(thrown)), tone: "danger" });
    } finally {
      setPending(false);
    }
  };
  const link = (provider: SignInProvider) =>
    attempt(async () => {
      const begun = await proved(() => beginLinking(provider.id));
      if (begun) location.assign(begun.answer);
    });
  const end = (identity: Identity) =>
    attempt(async () => {
      setUnlinking(undefined);
      if (await proved(() => unlink(identity.id))) notify({ title: t`${identity.label} is no longer linked` });
    });

  if (providers.length === 0 && !identities.data?.identities.length) return null;
  return (
    <Section title={t`Linked accounts`} description={t`Accounts elsewhere that you can sign in with here.`}>
      <Outcome providers={providers} />
      <Asked question={identities}>
        {(found) => (
          <>
            {found.identities.length === 0 ? (
              <Nothing icon={<PeopleIcon />}>
                <Trans>You have linked none yet.</Trans>
              </Nothing>
            ) : (
              <ul
                aria-label={t`Linked accounts`}
                className="flex flex-col divide-y divide-line rounded-xl border border-line bg-surface shadow-low"
              >
                {found.identities.map((identity) => (
                  <LinkedAccount key={identity.id} identity={identity} onUnlink={() => setUnlinking(identity)} />
                ))}
              </ul>
            )}
            <div className="flex flex-wrap gap-2">
              {providers.map((provider) => (
                <Button key={provider.id} isDisabled={isPending} onPress={() => void link(provider)}>
                  <Trans>Link an account of {provider.label}</Trans>
                </Button>
              ))}
            </div>
          </>
        )}
      </Asked>
      {question}
      {unlinking && (
        <UnlinkDialog
          label={unlinking.label}
          onUnlink={() => void end(unlinking)}
          onClose={() => setUnlinking(undefined)}
        />
      )}
    </Section>
  );
}

/** How linking ended for somebody who comes back from a provider. */
function Outcome({ providers }: { providers: SignInProvider[] }) {
  const problemText = useProblemText();
  const { error, linked } = useArrival();
  const label = providers.find(({ id }) => id === linked)?.label;
  if (error !== undefined) return <InlineNotice tone="danger">{problemText({ code: error })}</InlineNotice>;
  if (label === undefined) return null;
  return (
    <InlineNotice tone="success">
      <Trans>You can now sign in with {label}.</Trans>
    </InlineNotice>
  );
}

function LinkedAccount({ identity, onUnlink }: { identity: Identity; onUnlink: () => void }) {
  const { t, i18n } = useLingui();
  const since = i18n.date(new Date(identity.linked_at), { dateStyle: "long" });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 p-4">
      <div className="flex min-w-40 flex-1 flex-col gap-0.5">
        <span className="font-medium">{identity.label}</span>
        <span className="text-muted text-sm wrap-anywhere">
          {identity.email && `${identity.email} · `}
          <Trans>Linked since {since}</Trans>
        </span>
      </div>
      <Button size="sm" aria-label={t`Unlink ${identity.label}`} onPress={onUnlink}>
        <Trans>Unlink</Trans>
      </Button>
    </li>
  );
}
