// Where somebody who has an account comes in; afterwards they are where they wanted to go.
import { Trans, useLingui } from "@lingui/react/macro";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { Stage, StageTitle } from "@/app/Stage";
import { useArrival } from "@/sign_in_providers/arrival";
import { useLogin } from "@/wire/login";
import { useSetupState } from "@/wire/questions";
import { SignInForm } from "./SignInForm";

const LINK = "inline-block py-1 text-link underline-offset-4 hover:underline";

export function SignInScreen() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/sign-in" });
  const setup = useSetupState().data;
  const arrival = useArrival();
  const isSignedIn = useLogin((login) => login.status === "signed-in");
  useEffect(() => {
    document.title = `${t`Sign in`} · Emergence`;
  }, [t]);
  useEffect(() => {
    if (isSignedIn) void navigate({ to: next ?? "/", replace: true }); // also when another tab has signed in
  }, [isSignedIn, navigate, next]);

  return (
    <Stage>
      <SignInForm
        key={arrival.handover}
        next={next}
        arrival={arrival}
        forgotten={
          setup?.mail && (
            <Link to="/forgotten-password" className={LINK}>
              <Trans>Forgotten password?</Trans>
            </Link>
          )
        }
        otherWays={
          setup?.mail && (
            <nav aria-label={t`Other ways in`} className="mt-5 flex flex-col items-center gap-1 text-sm">
              <Link to="/magic-link" className={LINK}>
                <Trans>Sign in with a mailed code</Trans>
              </Link>
              {setup.signup !== "invite" && (
                <Link to="/register" className={LINK}>
                  <Trans>Create an account</Trans>
                </Link>
              )}
            </nav>
          )
        }
        intro={{
          password: (
            <StageTitle title={t`Welcome back`}>
              <Trans>Sign in to go on where you were.</Trans>
            </StageTitle>
          ),
          second: (
            <StageTitle title={t`One more step`}>
              <Trans>The first step is done. Your account asks for one more proof that it is you.</Trans>
            </StageTitle>
          ),
        }}
      />
    </Stage>
  );
}
