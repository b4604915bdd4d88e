// The way from one item to another.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";

export function ItemAnchor({ id, children }: { id: string; children: ReactNode }) {
  return (
    <Link
      to="/memory"
      search={(before) => ({ ...before, item: id })}
      resetScroll={false}
      className="font-medium text-link underline-offset-3 wrap-anywhere hover:underline"
    >
      {children}
    </Link>
  );
}
