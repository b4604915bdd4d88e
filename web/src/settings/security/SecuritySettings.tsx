// What keeps an account its owner's: the password, passkeys, the second step of signing in, and where one is signed in.
import { PasskeysSection } from "./PasskeysSection";
import { PasswordSection } from "./PasswordSection";
import { SessionsSection } from "./SessionsSection";
import { TwoStepSection } from "./TwoStepSection";

export function SecuritySettings() {
  return (
    <>
      <PasswordSection />
      <PasskeysSection />
      <TwoStepSection />
      <SessionsSection />
    </>
  );
}
