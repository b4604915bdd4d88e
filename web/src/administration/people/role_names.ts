// What roles are called.
import { useLingui } from "@lingui/react/macro";
import type { Role } from "@/wire";

export function useRoleNames(): Record<Role, string> {
  const { t } = useLingui();
  return { admin: t`Administrator`, member: t`Member`, guest: t`Guest` };
}
