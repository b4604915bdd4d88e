// Across the top while an administrator views the server as somebody else; its bar is fetched when it is first needed.
import { lazy, Suspense } from "react";
import { wantLaterTexts } from "@/i18n/language";
import { useLook } from "@/wire/impersonation";

const LookBar = lazy(async () => (await Promise.all([import("@/administration/LookBar"), wantLaterTexts()]))[0]);

export function LookBanner() {
  const { look } = useLook();
  return <Suspense>{look && <LookBar look={look} />}</Suspense>;
}
