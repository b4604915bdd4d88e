// Where somebody who has an account comes in; afterwards they are where they wanted to go.
import { Trans, useLingui } from "@lingui/react/macro";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect } from "react";
import { Stage, StageTitle } from "@/app/Stage";
import { useArrival } from "@/sign_in_providers/arrival";
import { useLogin } from "@/wire/login";
import { SignInForm } from "./SignInForm";

export function SignInScreen() {
  const { t } = useLingui();
  const navigate = useNavigate();
  const { next } = useSearch({ from: "/sign-in" });
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
        next={next}
        arrival={arrival}
        intro={{
          password: (
            <StageTitle title={t`Welcome back`}>
              <Trans>Sign in to go on where you were.</Trans>
            </StageTitle>
          ),
          code: (
            <StageTitle title={t`One more step`}>
              <Trans>You are almost there. Enter the code that your account also asks for.</Trans>
            </StageTitle>
          ),
        }}
      />
    </Stage>
  );
}
