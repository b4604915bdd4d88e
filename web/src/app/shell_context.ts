// What a screen may ask of the frame around it.
import { createContext, useContext } from "react";

export type ShellActs = {
  /** On narrow screens: show the conversations over the page. */
  openDrawer: () => void;
  /** Look for something that was said. */
  openSearch: () => void;
};

export const ShellContext = createContext<ShellActs>({ openDrawer: () => undefined, openSearch: () => undefined });

export const useShell = (): ShellActs => useContext(ShellContext);
