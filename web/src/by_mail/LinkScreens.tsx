// What mailed links about an address do. A press is asked for: programs that look into mail open links by themselves.
import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { Button, InlineNotice } from "@/design";
import { useProblemText } from "@/i18n/problem_text";
import { type Refusal, refusalOf } from "@/wire";
import { type LinkPath, spendLink } from "@/wire/by_mail";
import { isLinkOver, LINK_IS_OVER, useFragment } from "./fragment";
import { MailStage } from "./MailStage";

type LinkScreenProps = { path: LinkPath; title: string; intro: string; submitLabel: string; done: ReactNode };

function LinkScreen(props: LinkScreenProps) {
  const token = useFragment();
  return <OneLink key={token} token={token} {...props} />;
}

function OneLink({ token, path, title, intro, submitLabel, done }: LinkScreenProps & { token: string }) {
  const problemText = useProblemText();
  const [state, setState] = useState<"ready" | "pending" | "done">("ready");
  const [refusal, setRefusal] = useState<Refusal | undefined>(token === "" ? LINK_IS_OVER : undefined);
  const spend = async () => {
    setState("pending");
    setRefusal(undefined);
    try {
      await spendLink(path, token);
      setState("done");
    } catch (thrown) {
      const refused = refusalOf(thrown);
      setRefusal(isLinkOver(refused) ? LINK_IS_OVER : refused);
      setState("ready");
    }
  };
  return (
    <MailStage title={title} intro={intro}>
      {refusal && <InlineNotice tone="danger">{problemText(refusal)}</InlineNotice>}
      {state === "done" && <InlineNotice tone="success">{done}</InlineNotice>}
      {state !== "done" && refusal !== LINK_IS_OVER && (
        <Button
          variant="primary"
          size="lg"
          isPending={state === "pending"}
          onPress={() => void spend()}
          className="w-full"
        >
          {submitLabel}
        </Button>
      )}
    </MailStage>
  );
}

export function VerifyScreen() {
  const { t } = useLingui();
  return (
    <LinkScreen
      path="/api/auth/verify-email"
      title={t`Confirm your e-mail address`}
      intro={t`You opened a link that was sent to this address.`}
      submitLabel={t`This is my address`}
      done={<Trans>Thank you. Your address is confirmed.</Trans>}
    />
  );
}

export function ConfirmScreen() {
  const { t } = useLingui();
  return (
    <LinkScreen
      path="/api/auth/email/confirm"
      title={t`Use your new e-mail address`}
      intro={t`From now on you sign in with it. The address before is told.`}
      submitLabel={t`Use this address`}
      done={<Trans>Your account uses the new address. Your sessions elsewhere were ended.</Trans>}
    />
  );
}

export function UndoScreen() {
  const { t } = useLingui();
  return (
    <LinkScreen
      path="/api/auth/email/undo"
      title={t`Take the change back`}
      intro={t`Your account uses this address again, and every session ends.`}
      submitLabel={t`Use my old address again`}
      done={
        <>
          <p>
            <Trans>
              Your account uses your old address again. Passkeys, an authenticator app and linked accounts that were
              added since the change are removed. Now choose a new password.
            </Trans>
          </p>
          <Link to="/forgotten-password" className="underline underline-offset-4">
            <Trans>Choose a new password</Trans>
          </Link>
        </>
      }
    />
  );
}
