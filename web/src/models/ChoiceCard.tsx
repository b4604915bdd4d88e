// One large choice: picture, name, one sentence.
import { Button } from "react-aria-components";
import { ChevronRightIcon } from "@/design";
import type { ModelChoice } from "./choices";

type ChoiceCardProps = Omit<ModelChoice, "name"> & {
  isDisabled?: boolean;
  note?: string | null | undefined;
  onPress: () => void;
};

export function ChoiceCard({ title, description, icon, note, isDisabled = false, onPress }: ChoiceCardProps) {
  return (
    <Button
      isDisabled={isDisabled}
      onPress={onPress}
      className="group flex w-full items-center gap-4 rounded-xl border border-line bg-surface p-4 text-left shadow-low transition-all duration-150 hover:border-line-strong hover:shadow-mid disabled:opacity-60 disabled:hover:shadow-low"
    >
      <span className="grid size-10 shrink-0 place-items-center rounded-lg bg-hover text-ink">{icon}</span>
      <span className="flex min-w-0 flex-1 flex-col gap-0.5">
        <span className="font-medium">{title}</span>
        <span className="text-muted text-sm">{note ?? description}</span>
      </span>
      <ChevronRightIcon className="size-4 text-faint transition-transform duration-150 group-hover:translate-x-0.5" />
    </Button>
  );
}
