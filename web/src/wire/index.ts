// The only way to the server: hooks for what is shown, functions for what is done.
import { useLive } from "./live/store";
import type { ConnectionView } from "./types";

export { countCodePoints } from "./code_points";
export {
  discardUnsent,
  editMessage,
  regenerate,
  selectBranch,
  sendAgain,
  sendMessage,
  steerRun,
  stopRun,
  withdrawMessage,
} from "./commands";
export { stayHere, useInactivity } from "./inactivity";
export { textOf } from "./live/state";
export { refusalOf } from "./problems";
export { type Answer, useAgents, useMe, useModels } from "./questions";
export type * from "./types";
export { sayTyping, useTypingElsewhere } from "./typing";
export { useThread } from "./useThread";
export { useDeleted, useFolders, useThreads } from "./useThreads";

/** Whether live frames arrive. */
export const useConnection = (): ConnectionView => useLive((store) => store.connection);

/** Whether a page or device of that sign-in is connected. */
export const useIsConnected = (signIn: string): boolean => useLive((store) => store.connectedSignIns.includes(signIn));

/** The most characters (code points) that one message may have. */
export const useMessageLimit = (): number => useLive((store) => store.messageLimit);
