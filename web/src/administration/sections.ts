// The parts of the administration, in the order of their tabs; a new one needs a line here and its route.
import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";

export const SECTIONS = [
  { to: "/admin/people", label: msg`People` },
  { to: "/admin/invitations", label: msg`Invitations` },
  { to: "/admin/allowlist", label: msg`Allowlist` },
  { to: "/admin/sign-ins", label: msg`Sign-ins` },
  { to: "/admin/retention", label: msg`Retention` },
  { to: "/admin/keys", label: msg`Keys` },
  { to: "/admin/audit", label: msg`Audit` },
] as const satisfies readonly { to: string; label: MessageDescriptor }[];
