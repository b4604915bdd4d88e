// What keeps an account its owner's: how one signs in, the second step, where one is signed in, what happened.
import { useLook } from "@/wire/impersonation";
import { ActivitySection } from "./ActivitySection";
import { LinkedAccountsSection } from "./LinkedAccountsSection";
import { PasskeysSection } from "./PasskeysSection";
import { PasswordSection } from "./PasswordSection";
import { SessionsSection } from "./SessionsSection";
import { TwoStepSection } from "./TwoStepSection";

export function SecuritySettings() {
  const { look } = useLook();
  return (
    <>
      {look === undefined && <PasswordSection />}
      {look === undefined && <PasskeysSection />}
      {look === undefined && <LinkedAccountsSection />}
      {look === undefined && <TwoStepSection />}
      <SessionsSection isReadOnly={look !== undefined} />
      <ActivitySection />
    </>
  );
}
