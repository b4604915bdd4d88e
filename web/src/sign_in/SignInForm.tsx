// Signing in, on its own page and over a locked one: the password, then a code where the account asks for one.
import { type ReactNode, useState } from "react";
import type { SecondFactorNeeded } from "@/wire";
import { CodeStep } from "./CodeStep";
import { PasswordStep } from "./PasswordStep";

type SignInFormProps = {
  /** Whose page is locked; nobody else's address can be given then. */
  email?: string | undefined;
  /** What stands above each step. */
  intro: { password: ReactNode; code: ReactNode };
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
        {intro.code}
        <CodeStep needed={needed} onBack={() => back(false)} onOver={() => back(true)} />
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
        onCodeNeeded={(answer, address) => {
          setTyped(address);
          setNeeded(answer);
        }}
      />
    </>
  );
}
