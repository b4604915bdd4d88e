// The page around the screens that stand alone: set-up and signing in. Quiet, centred, the mark above.
import { Trans } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Mark } from "@/design";
import { LanguageSwitch } from "./LanguageSwitch";

export function Stage({ children, isWide = false }: { children: ReactNode; isWide?: boolean }) {
  return (
    <div className="flex min-h-full flex-col bg-sunken">
      <header className="flex items-center justify-between px-5 py-4 sm:px-8">
        <span className="flex items-center gap-2.5 font-semibold tracking-tight">
          <Mark className="size-7" />
          Emergence
        </span>
        <LanguageSwitch />
      </header>
      <main className="flex flex-1 flex-col items-center justify-center px-4 pb-20 sm:px-6">
        <div className={`w-full animate-rise ${isWide ? "max-w-[34rem]" : "max-w-form"}`}>{children}</div>
      </main>
      <footer className="px-6 pb-5 text-center text-muted text-xs">
        <Trans>Your conversations are stored on this server.</Trans>
      </footer>
    </div>
  );
}

/** The heading of such a page with the sentence below it. */
export function StageTitle({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="mb-7 flex flex-col gap-2">
      <h1 className="text-2xl">{title}</h1>
      {children && <p className="text-muted">{children}</p>}
    </div>
  );
}
