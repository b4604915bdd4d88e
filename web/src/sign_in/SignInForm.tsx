// Signing in, on its own page and over a locked one: a passkey, or the password and then what the account also asks for.
import { type ReactNode, useState } from "react";
import type { PendingDeletion, SecondFactorNeeded } from "@/wire";
import { KeepAccount } from "./KeepAccount";
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
  const [deletion, setDeletion] = useState<PendingDeletion>();
  const [isKept, setKept] = useState(false);
  const back = (whyOver: boolean) => {
    setNeeded(undefined);
    setOver(whyOver);
  };
  const leaveDeletion = (wasUndone: boolean) => {
    setDeletion(undefined);
    setKept(wasUndone);
    back(false);
  };

  if (deletion !== undefined) return <KeepAccount deletion={deletion} onLeave={leaveDeletion} />;

  if (needed !== undefined) {
    return (
      <>
        {intro.second}
        <SecondStep needed={needed} onBack={() => back(false)} onOver={() => back(true)} onDeletion={setDeletion} />
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
        wasKept={isKept}
        onDeletion={(found, address) => {
          setTyped(address);
          setDeletion(found);
        }}
        onMoreAsked={(answer, address) => {
          setTyped(address);
          setNeeded(answer);
        }}
      />
    </>
  );
}
