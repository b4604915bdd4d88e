// Who is signed in here, as every screen sees it.
import { create } from "zustand";
import type { Me } from "./types";

export type LoginState =
  | { status: "starting"; me: undefined }
  | { status: "unreachable"; me: undefined }
  | { status: "signed-out"; me: undefined }
  | { status: "signed-in"; me: Me }
  /** The session ended while somebody was here: the page stays as it is until the same person signs in again. */
  | { status: "locked"; me: Me };

export const useLogin = create<LoginState>(() => ({ status: "starting", me: undefined }));
