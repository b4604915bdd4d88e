// What keeps an account its owner's: the password, linked accounts, the second step of signing in, and where one is signed in.
import { LinkedAccountsSection } from "./LinkedAccountsSection";
import { PasswordSection } from "./PasswordSection";
import { SessionsSection } from "./SessionsSection";
import { TwoStepSection } from "./TwoStepSection";

export function SecuritySettings() {
  return (
    <>
      <PasswordSection />
      <LinkedAccountsSection />
      <TwoStepSection />
      <SessionsSection />
    </>
  );
}
