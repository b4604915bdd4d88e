// Which conversation or folder of the list is being managed: its menu is open, or it is being renamed in place.
import { createContext, useContext } from "react";
import type { Folder, Thread } from "@/wire";

export type Thing = { kind: "thread"; thread: Thread } | { kind: "folder"; folder: Folder };
export type Managed = { thing: Thing; anchor: HTMLElement };

type Managing = {
  /** The id of what is being renamed. */
  renaming: string | undefined;
  rename: (id: string | undefined) => void;
  /** Open the menu of a thing beside an element; undefined where nothing may be changed. */
  manage: ((managed: Managed) => void) | undefined;
};

export const ManagingContext = createContext<Managing>({ renaming: undefined, rename: () => {}, manage: undefined });

export const useManaging = (): Managing => useContext(ManagingContext);
