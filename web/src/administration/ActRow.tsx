// One thing that can be done: what it is, what it means, and the button that asks about it.
import type { ReactNode } from "react";
import { Button } from "@/design";

type ActRowProps = { text: string; hint: ReactNode; label: string; isDangerous?: boolean; onPress: () => void };

export function ActRow({ text, hint, label, isDangerous = false, onPress }: ActRowProps) {
  return (
    <li className="flex flex-col items-start gap-x-4 gap-y-3 p-4 sm:flex-row sm:items-center">
      <span className="flex flex-1 flex-col">
        <span className="font-medium">{text}</span>
        <span className="text-muted text-sm">{hint}</span>
      </span>
      <Button size="sm" variant={isDangerous ? "danger" : "secondary"} onPress={onPress}>
        {label}
      </Button>
    </li>
  );
}
