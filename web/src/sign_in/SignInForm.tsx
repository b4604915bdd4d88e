// Signing in, on its own page and over a locked one: a passkey, or the password and then what the account also asks for.
import { type ReactNode, useState } from "react";
import type { SecondFactorNeeded } from "@/wire";
import { PasswordStep } from "./PasswordStep";
import { SecondStep } from "./SecondStep";

type SignInFormProps = {
  /** Whose page is locked; nobody else's address can be given then. */
  email?: string | undefined;
  /** What stands above each step. */
  intro: { password: ReactNode; second: ReactNode };
};

export function SignInForm({ email, intro }: SignInFormProps) {
  const [typed, setTyped] = useState(email ?? "");
  const [needed, setNeeded] = useState<SecondFactorNeeded>();
  const [isOver, setOver] = useState(false);
  const back = (whyOver: boolean) => {
    setNeeded(undefined);
    setOver(whyOver);
  };

  if (needed !== undefined) {
    return (
      <>
        {intro.second}
        <SecondStep needed={needed} onBack={() => back(false)} onOver={() => back(true)} />
      </>
    );
  }
  return (
    <>
      {intro.password}
      <PasswordStep
        email={typed}
        isEmailFixed={email !== undefined}
        hasToBeginAgain={isOver}
        onMoreAsked={(answer, address) => {
          setTyped(address);
          setNeeded(answer);
        }}
      />
    </>
  );
}
