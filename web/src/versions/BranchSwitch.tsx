/** Where something else was said at the same place: which version this is, and the way to the others. */
import { Trans, useLingui } from "@lingui/react/macro";
import { useLayoutEffect, useRef } from "react";
import type { Replying } from "@/conversation/messages/replying";
import { ChevronLeftIcon, ChevronRightIcon, IconButton } from "@/design";
import type { ShownMessage } from "@/wire";
import { useLook } from "@/wire/impersonation";

type Step = "former" | "next";

/** The other version is another element: the keyboard's place goes over to it. */
let followed: { parent: string | null; step: Step } | undefined;

interface BranchSwitchProps {
  message: ShownMessage;
  replying: Replying;
}

export default function BranchSwitch({ message, replying }: BranchSwitchProps) {
  const { t } = useLingui();
  const { look } = useLook();
  const group = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (followed?.parent !== message.parent || !group.current) return;
    const buttons = [...group.current.querySelectorAll<HTMLButtonElement>("button:not(:disabled)")];
    (followed.step === "former" ? buttons[0] : buttons.at(-1))?.focus({ preventScroll: true });
    followed = undefined;
  }, [message.parent]);
  const count = message.siblings.length;
  const place = message.siblings.indexOf(message.id);
  const go = (step: Step, other: string | undefined) => {
    if (other === undefined) return;
    followed = { parent: message.parent, step };
    replying.select(other);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be announced as a form
    <div ref={group} role="group" aria-label={t`Versions`} className="flex items-center text-muted text-sm">
      <IconButton
        size="sm"
        label={t`Former version`}
        isDisabled={place <= 0 || look !== undefined}
        onPress={() => go("former", message.siblings[place - 1])}
      >
        <ChevronLeftIcon className="size-4" />
      </IconButton>
      <span className="tabular-nums">
        <Trans>
          {place + 1} of {count}
        </Trans>
      </span>
      <IconButton
        size="sm"
        label={t`Next version`}
        isDisabled={place + 1 >= count || look !== undefined}
        onPress={() => go("next", message.siblings[place + 1])}
      >
        <ChevronRightIcon className="size-4" />
      </IconButton>
    </div>
  );
}
