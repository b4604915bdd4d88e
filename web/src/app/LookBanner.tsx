// Across the top while an administrator views the server as somebody else; its bar is fetched when it is first needed.
import { lazy, Suspense } from "react";
import { useLook } from "@/wire/impersonation";
import { withTextsOf } from "./with_texts";

const LookBar = lazy(withTextsOf("entry", "later")(() => import("@/administration/LookBar")));

export function LookBanner() {
  const { look } = useLook();
  return <Suspense>{look && <LookBar look={look} />}</Suspense>;
}
