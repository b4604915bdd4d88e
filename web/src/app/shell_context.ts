// What a screen may ask of the frame around it.
import { createContext, useContext } from "react";

export type ShellActs = {
  /** On narrow screens: show the conversations over the page. */
  openDrawer: () => void;
};

export const ShellContext = createContext<ShellActs>({ openDrawer: () => undefined });

export const useShell = (): ShellActs => useContext(ShellContext);
