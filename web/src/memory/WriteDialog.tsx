// Writing something into memory oneself.
import { Trans, useLingui } from "@lingui/react/macro";
import { type FormEvent, type KeyboardEvent, useState } from "react";
import { Button, Dialog, InlineNotice, Select } from "@/design";
import { TextAreaField } from "@/design/parts/TextArea";
import { useAttempt } from "@/managing/use_attempt";
import { countCodePoints } from "@/wire";
import { useMemoryActs, type WriteItem } from "@/wire/memory";
import { TEXT_MAX } from "./words";

type Kind = NonNullable<WriteItem["kind"]>;

export function WriteDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useLingui();
  const { write } = useMemoryActs();
  const [kind, setKind] = useState<Kind>("note");
  const [text, setText] = useState("");
  const [isEmpty, setEmpty] = useState(false);
  const { problem, isPending, attempt } = useAttempt(onClose);
  const most = i18n.number(TEXT_MAX);
  const isTooLong = countCodePoints(text.trim()) > TEXT_MAX;
  const hints: Record<Kind, string> = {
    note: t`Shown to agents when it fits what you talk about.`,
    fact: t`Something that is so, about you or others: “I live in Nantes.”`,
    preference: t`How you like things: “I prefer short answers.”`,
    instruction: t`What agents shall always do, in every conversation.`,
  };
  const error = isTooLong ? t`At most ${most} characters.` : isEmpty ? t`Write something first.` : undefined;

  const save = () => {
    setEmpty(text.trim() === "");
    if (text.trim() !== "" && !isTooLong && !isPending) void attempt(() => write({ kind, text: text.trim() }));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.nativeEvent.isComposing) {
      event.preventDefault();
      save();
    }
  };
  return (
    <Dialog title={t`Write something into memory`} isOpen onOpenChange={onClose}>
      <form
        noValidate
        className="flex flex-col gap-5"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          save();
        }}
      >
        {problem && <InlineNotice tone="danger">{problem}</InlineNotice>}
        <Select
          label={t`What is it?`}
          value={kind}
          onChange={(next) => {
            setKind(next);
            setEmpty(false);
          }}
          options={[
            { id: "note", label: t`Note` },
            { id: "fact", label: t`Fact` },
            { id: "preference", label: t`Preference` },
            { id: "instruction", label: t`Instruction` },
          ]}
        />
        <TextAreaField
          label={t`Text`}
          autoFocus
          value={text}
          onChange={(next) => {
            setText(next);
            setEmpty(false);
          }}
          onKeyDown={onKeyDown}
          error={error}
          hint={hints[kind]}
        />
        <div className="flex flex-col gap-2">
          <Button type="submit" variant="primary" isPending={isPending}>
            <Trans>Remember this</Trans>
          </Button>
          <Button variant="quiet" onPress={onClose}>
            <Trans>Cancel</Trans>
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
