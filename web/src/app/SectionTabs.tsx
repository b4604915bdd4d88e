// The sections of a screen: at its side where it is wide, else in a row above that can be longer than the screen.
import { useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";

export const TAB =
  "rounded-lg px-3 py-2 text-muted whitespace-nowrap hover:bg-hover hover:text-ink data-[status=active]:bg-pressed data-[status=active]:font-medium data-[status=active]:text-ink";

/** `children` are links of the class TAB; the one that is open is always in sight. */
export function SectionTabs({ label, children }: { label: string; children: ReactNode }) {
  const row = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another section is open when the path changes
  useEffect(() => {
    const open = row.current?.querySelector<HTMLElement>("[data-status=active]");
    if (row.current && open) {
      row.current.scrollLeft =
        open.offsetLeft - row.current.offsetLeft - (row.current.clientWidth - open.offsetWidth) / 2;
    }
  }, [pathname]);
  return (
    <nav ref={row} aria-label={label} className="flex shrink-0 gap-1 overflow-x-auto wide:w-44 wide:flex-col">
      {children}
    </nav>
  );
}
