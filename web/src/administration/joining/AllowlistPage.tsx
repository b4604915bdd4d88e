// The addresses whose owners may make an account by themselves.
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { LIST } from "@/audit/EventRow";
import { MoreButton } from "@/audit/MoreButton";
import { Badge, Button, InlineNotice, notify } from "@/design";
import { Section } from "@/settings/Section";
import type { AllowedAddress } from "@/wire";
import { useAllowlist, useLettingIn } from "@/wire/letting_in";
import { useSetupState } from "@/wire/questions";
import { Administered } from "../Administered";
import { ConfirmDialog } from "../ConfirmDialog";
import { useRoleNames } from "../people/role_names";
import { LetInForm } from "./LetInForm";

export function AllowlistPage() {
  const { t } = useLingui();
  const allowlist = useAllowlist();
  const { allow } = useLettingIn();
  const setup = useSetupState().data;
  const [removing, setRemoving] = useState<AllowedAddress>();
  return (
    <>
      <Section
        title={t`Allow an address`}
        description={t`Whoever proves to own it may make an account with this role. An address that is listed gets the new role and note.`}
      >
        {setup?.mail === false && setup.providers.length === 0 && (
          <InlineNotice tone="warning">
            <Trans>This server sends no mail, so that nobody can prove an address. Invite people instead.</Trans>
          </InlineNotice>
        )}
        <LetInForm submitLabel={t`Allow`} act={allow} />
      </Section>
      <Section title={t`Allowlist`}>
        <Administered question={allowlist}>
          {(found) =>
            found.length === 0 ? (
              <p className="text-muted">
                <Trans>No address is listed.</Trans>
              </p>
            ) : (
              <>
                <ul aria-label={t`Allowlist`} className={LIST}>
                  {found.map((each) => (
                    <AllowedRow key={each.email} allowed={each} onRemove={() => setRemoving(each)} />
                  ))}
                </ul>
                <MoreButton pages={allowlist} />
              </>
            )
          }
        </Administered>
        {removing && <RemoveDialog allowed={removing} onClose={() => setRemoving(undefined)} />}
      </Section>
    </>
  );
}

function AllowedRow({ allowed, onRemove }: { allowed: AllowedAddress; onRemove: () => void }) {
  const { t } = useLingui();
  const roles = useRoleNames();
  const { email, role, note, added_by: by, has_account } = allowed;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-3 p-4">
      <div className="flex min-w-40 flex-1 flex-col gap-0.5">
        <span className="flex flex-wrap items-center gap-x-2 font-medium wrap-anywhere">
          {email}
          {has_account && (
            <Badge tone="success">
              <Trans>has an account</Trans>
            </Badge>
          )}
        </span>
        <span className="text-muted text-sm wrap-anywhere">
          {[roles[role], by && t`added by ${by}`, note].filter(Boolean).join(" · ")}
        </span>
      </div>
      <Button size="sm" aria-label={t`Remove ${email}`} onPress={onRemove}>
        <Trans>Remove</Trans>
      </Button>
    </li>
  );
}

function RemoveDialog({ allowed, onClose }: { allowed: AllowedAddress; onClose: () => void }) {
  const { t } = useLingui();
  const { disallow } = useLettingIn();
  const { email } = allowed;
  const remove = async () => {
    const { has_account } = await disallow(email);
    notify({ title: has_account ? t`${email} was removed; the account stays` : t`${email} was removed` });
    return true;
  };
  return (
    <ConfirmDialog title={t`Remove ${email}?`} label={t`Remove`} isDangerous act={remove} onClose={onClose}>
      <p className="text-muted">
        {allowed.has_account ? (
          <Trans>Their account stays. To shut it, suspend it under People.</Trans>
        ) : (
          <Trans>Whoever owns this address can make no account by themselves any more.</Trans>
        )}
      </p>
    </ConfirmDialog>
  );
}
