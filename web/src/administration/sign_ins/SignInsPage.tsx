// Where everybody is signed in.
import { useLingui } from "@lingui/react/macro";
import { MoreButton } from "@/audit/MoreButton";
import { Section } from "@/settings/Section";
import { useSignIns } from "@/wire/administration";
import { Administered } from "../Administered";
import { SignInList } from "./SignInList";

export function SignInsPage() {
  const { t } = useLingui();
  const signIns = useSignIns();
  return (
    <Section title={t`Sign-ins`} description={t`Where people are signed in, the latest used first.`}>
      <Administered question={signIns}>
        {(found) => (
          <>
            <SignInList signIns={found} hasNames />
            <MoreButton pages={signIns} />
          </>
        )}
      </Administered>
    </Section>
  );
}
