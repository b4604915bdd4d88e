// Over a page whose session has ended: everything stays in place below until the same person signs in again.
import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Dialog } from "@/design";
import { SignInForm } from "@/sign_in/SignInForm";
import { type Me, useInactivity } from "@/wire";
import { leave } from "@/wire/login";

export default function LockedOverlay({ me }: { me: Me }) {
  const { t } = useLingui();
  const { wasEnded } = useInactivity();
  return (
    <Dialog title={t`Your session has ended`} isOpen isAlert>
      <SignInForm
        email={me.email ?? undefined}
        next={location.pathname + location.search}
        intro={{
          password: (
            <p className="text-muted">
              {wasEnded && <Trans>Nothing happened here for a while, so you were signed out.</Trans>}{" "}
              <Trans>Sign in again to go on. The page stays where it is, and what you were writing is kept.</Trans>
            </p>
          ),
          second: (
            <p className="text-muted">
              <Trans>The first step is done. Your account asks for one more proof that it is you.</Trans>
            </p>
          ),
        }}
      />
      <Button variant="quiet" onPress={leave}>
        <Trans>Sign in as somebody else</Trans>
      </Button>
    </Dialog>
  );
}
