// What keeps an account its owner's: password, passkeys, the second step of signing in, where one is signed in, what happened.
import { useLook } from "@/wire/impersonation";
import { ActivitySection } from "./ActivitySection";
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
      {look === undefined && <TwoStepSection />}
      <SessionsSection isReadOnly={look !== undefined} />
      <ActivitySection />
    </>
  );
}
