// However a view of somebody else's account ends, the page goes back to where it was begun.
import { useLingui } from "@lingui/react/macro";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { notify } from "@/design";
import { type Look, useLook } from "@/wire/impersonation";

/** Whether the page is on its way back: what is at its address then belongs to the other person, and is not asked for. */
export function useReturn(): boolean {
  const { t } = useLingui();
  const { look } = useLook();
  const navigate = useNavigate();
  const [known, setKnown] = useState(look);
  const [ended, setEnded] = useState<Look>();
  if (known !== look) {
    setKnown(look);
    setEnded(look === undefined ? known : undefined);
  }
  useEffect(() => {
    if (ended === undefined) return;
    const { user_id, display_name } = ended.person;
    notify({ title: t`You are no longer viewing as ${display_name}` });
    const arrived = navigate({ to: "/admin/people/$userId", params: { userId: user_id }, replace: true });
    void arrived.finally(() => setEnded(undefined));
  }, [ended, navigate, t]);
  return ended !== undefined;
}
