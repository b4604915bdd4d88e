/** The way to what else was said at a message's place, where there is such. */
import { lazy, Suspense } from "react";
import { withTextsOf } from "@/app/with_texts";
import type { ShownMessage } from "@/wire";
import type { Replying } from "./replying";

const BranchSwitch = lazy(withTextsOf("later")(() => import("@/versions/BranchSwitch")));

export function Versions({ message, replying }: { message: ShownMessage; replying: Replying }) {
  if (message.siblings.length < 2) return null;
  return (
    <Suspense>
      <BranchSwitch message={message} replying={replying} />
    </Suspense>
  );
}
