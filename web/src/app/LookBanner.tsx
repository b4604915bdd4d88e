// Across the top while an administrator views the server as somebody else: whose account, how long, and the way back.
import { useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef } from "react";
import { notify } from "@/design";
import { wantAdministrationTexts } from "@/i18n/language";
import { useLook } from "@/wire/impersonation";

const LookBar = lazy(
  async () => (await Promise.all([import("@/administration/LookBar"), wantAdministrationTexts()]))[0],
);

/** However the look ends, the page goes back to where it was begun. */
export function LookBanner() {
  const { t } = useLingui();
  const { look } = useLook();
  const navigate = useNavigate();
  const before = useRef(look);
  useEffect(() => {
    const ended = look === undefined ? before.current : undefined;
    before.current = look;
    if (ended === undefined) return;
    const { user_id, display_name } = ended.person;
    notify({ title: t`You are no longer viewing as ${display_name}` });
    void navigate({ to: "/admin/people/$userId", params: { userId: user_id }, replace: true });
  }, [look, navigate, t]);
  return <Suspense>{look && <LookBar look={look} />}</Suspense>;
}
