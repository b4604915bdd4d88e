// What keeps an account its owner's: the password, the second step of signing in, and where one is signed in.
import { PasswordSection } from "./PasswordSection";
import { SessionsSection } from "./SessionsSection";
import { TwoStepSection } from "./TwoStepSection";

export function SecuritySettings() {
  return (
    <>
      <PasswordSection />
      <TwoStepSection />
      <SessionsSection />
    </>
  );
}
