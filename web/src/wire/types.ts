// Names for the generated types, plus the few shapes that only the client has.
import type { components as Live } from "./frames.gen";
import type { components as Rest } from "./rest.gen";

export type Language = "en" | "fr";

export type SetupState = Rest["schemas"]["SetupState"];
export type SignInProvider = Rest["schemas"]["SignInProvider"];
export type Identity = Rest["schemas"]["Identity"];
export type Identities = Rest["schemas"]["Identities"];
export type SignedIn = Rest["schemas"]["SignedIn"];
export type SecondFactorNeeded = Rest["schemas"]["SecondFactorNeeded"];
export type SecondFactorStatus = Rest["schemas"]["SecondFactorStatus"];
export type TotpEnrolment = Rest["schemas"]["TotpEnrolment"];
export type SecondFactorMethod = SecondFactorNeeded["methods"][number];
export type MyPasskey = Rest["schemas"]["MyPasskey"];
export type MyPasskeys = Rest["schemas"]["MyPasskeys"];
export type PasskeyAdded = Rest["schemas"]["PasskeyAdded"];
export type PasskeyAnswer = Rest["schemas"]["PasskeyAnswer"];
export type PasskeyQuestion = Rest["schemas"]["PasskeyQuestion"];
export type EmailState = Rest["schemas"]["EmailState"];
export type MySession = Rest["schemas"]["MySession"];
export type MyAccount = Rest["schemas"]["MyAccount"];
export type ChangeMyAccount = Rest["schemas"]["ChangeMyAccount"];
export type Export = Rest["schemas"]["Export"];
/** An account that is about to be deleted; with the token its owner keeps it. */
export type PendingDeletion = { dueAt: string; undoToken: string | undefined };
export type Impersonation = Rest["schemas"]["Impersonation"];
export type AdministeredUser = Rest["schemas"]["AdministeredUser"];
export type AdministeredPerson = Rest["schemas"]["AdministeredPerson"];
export type AdministeredSession = Rest["schemas"]["AdministeredSession"];
export type AdministeredKeys = Rest["schemas"]["AdministeredKeys"];
export type AdministeredKey = Rest["schemas"]["AdministeredKey"];
export type ResetLink = Rest["schemas"]["ResetLink"];
export type AuditedEvent = Rest["schemas"]["AuditedEvent"];
export type AuditVerification = Rest["schemas"]["AuditVerification"];
export type Invite = Rest["schemas"]["Invite"];
export type Invited = Rest["schemas"]["Invited"];
export type InvitationShown = Rest["schemas"]["InvitationShown"];
export type AdministeredInvitation = Rest["schemas"]["AdministeredInvitation"];
export type AllowedAddress = Rest["schemas"]["AllowedAddress"];
export type Role = Me["role"];
export type Agent = Rest["schemas"]["Agent"];
export type ProviderState = Rest["schemas"]["ProviderState"];
export type ProviderName = ProviderState["provider"];
/** Those that an administrator configures; the built-in model needs nothing. */
export type KeyedProvider = Exclude<ProviderName, "builtin">;
export type ConfigureProvider = Rest["schemas"]["ConfigureProvider"];

export type Thread = Live["schemas"]["Thread"];
export type Folder = Live["schemas"]["Folder"];
export type ChangeThread = Rest["schemas"]["ChangeThread"];
export type RestorableThread = Rest["schemas"]["RestorableThread"];
export type Retention = Rest["schemas"]["Retention"];
export type RetentionPreview = Rest["schemas"]["RetentionPreview"];
export type DeploymentPreview = Rest["schemas"]["DeploymentPreview"];
export type SearchHit = Rest["schemas"]["SearchHit"];
export type Message = Live["schemas"]["Message"];
type Reason = Live["schemas"]["RecallReason"];
/** Why something was remembered; an earlier version told less of it. */
export type RecallReason = Pick<Reason, "words" | "dates" | "meaning" | "beside"> & Partial<Reason>;
export type RecalledItem = Omit<Live["schemas"]["RecalledItem"], "why"> & { why: RecallReason };
export type KnownItem = Omit<Live["schemas"]["KnownItem"], "why"> & { why: RecallReason };
export type Run = Omit<Live["schemas"]["Run"], "recalled" | "known"> & {
  recalled: RecalledItem[];
  known?: KnownItem[];
};
export type RunProblem = Live["schemas"]["RunProblem"];
export type Usage = Live["schemas"]["Usage"];
export type Welcome = Live["schemas"]["Welcome"];
export type Limits = Live["schemas"]["Limits"];

type FrameNames =
  | "Welcome"
  | "Presence"
  | "TypingElsewhere"
  | "Ack"
  | "Error"
  | "PingFrame"
  | "PongFrame"
  | "SessionWarning"
  | "SessionExtended"
  | "SessionExpired"
  | "Drain"
  | "Close"
  | "Snapshot"
  | "TopicReset"
  | "MessageCreated"
  | "MessageFinal"
  | "MessageSuperseded"
  | "MessageWithdrawn"
  | "BranchSelected"
  | "ThreadUpdated"
  | "ThreadDeleted"
  | "FoldersUpdated"
  | "RunQueued"
  | "RunStarted"
  | "MemoryRecalled"
  | "PartStarted"
  | "Delta"
  | "PartEnded"
  | "MessageError"
  | "RunUsage"
  | "RunEnded";
export type Frame = Live["schemas"][FrameNames];
export type AckData = Live["schemas"]["AckData"];

export type Position = { topic: string; seq: number };
/** Told with what is asked; a command that an earlier version kept has none. */
type InZone = { time_zone?: string | null };
export type SendCommand = Omit<Live["schemas"]["SendMessage"], "cmd" | "temporary" | "time_zone"> &
  InZone & { cmd: "message.send"; temporary?: boolean };
export type RegenerateCommand = Omit<Live["schemas"]["RegenerateMessage"], "cmd" | "time_zone"> &
  InZone & { cmd: "message.regenerate" };
export type EditCommand = Omit<Live["schemas"]["EditMessage"], "cmd" | "time_zone"> & InZone & { cmd: "message.edit" };
export type SelectCommand = { cmd: "branch.select"; cid: string; message: string };
export type StopCommand = { cmd: "run.stop"; cid: string; run: string };
export type SteerCommand = Omit<Live["schemas"]["SteerRun"], "cmd" | "time_zone"> & InZone & { cmd: "run.steer" };
export type WithdrawCommand = { cmd: "message.withdraw"; cid: string; message: string };
export type SubscribeCommand = { cmd: "subscribe"; cid: string; topic: string; seq: number };
/** Commands that are kept on this device until the server has acknowledged them. */
export type KeptCommand =
  | SendCommand
  | EditCommand
  | SteerCommand
  | RegenerateCommand
  | WithdrawCommand
  | SelectCommand
  | StopCommand;
/** Those that hold words of the person. */
export type SayingCommand = SendCommand | EditCommand | SteerCommand;

/** Who is signed in here. */
export type Me = Pick<SignedIn, "user_id" | "role" | "email" | "display_name">;

/**
 * A refusal or failure by its stable code; `detail` is the server's sentence, in English.
 *
 * `reason` is the code of what lies behind it, where the server says: why a provider was not accepted.
 */
/** `fault` is why a file was not accepted; `words` are what a provider of models said itself, in its language; `factors` how many proofs are asked for,
 * `maxAgeS` how old one may be. */
export type Refusal = {
  code: string;
  detail: string;
  reason?: string;
  fault?: string;
  words?: string;
  factors?: string;
  maxAgeS?: number;
};

/**
 * A message as it is shown: stored ones, and those of this device that the server has not acknowledged yet.
 *
 * `key` stays the same from the moment of sending, through the ack, to the stored message.
 * `delivery`: `pending` waits for the server (also offline), `refused` was answered with an error, `stored` is safe.
 */
export type ShownMessage = Message & { key: string; delivery: "stored" | "pending" | "refused"; refusal?: Refusal };

/** A run with the moment (milliseconds of this device's clock) at which it was first seen waiting. */
export type ShownRun = Run & { since: number };

export type ThreadView = {
  status: "loading" | "ready" | "failed";
  thread: Thread | undefined;
  /** The branch that is shown, oldest first. */
  messages: ShownMessage[];
  /** By message id: the run that fills or filled it. */
  runs: Record<string, ShownRun>;
  /** Why loading failed. */
  problem: Refusal | undefined;
  hasOlder: boolean;
  isLoadingOlder: boolean;
  /** So many messages that come before, or one page of them. */
  loadOlder: (count?: number) => Promise<void>;
  reload: () => void;
};

export type ThreadList = {
  status: "loading" | "ready" | "failed";
  threads: Thread[];
  problem: Refusal | undefined;
  hasMore: boolean;
  loadMore: () => Promise<void>;
  reload: () => void;
};

export type ConnectionView = {
  /** `waiting`: the server wants no other connection of this session before `until`. */
  state: "online" | "connecting" | "offline" | "waiting";
  /** Milliseconds of this device's clock when the state began; blips under 3 s deserve no notice. */
  since: number;
  until?: number;
};

export type MessageToSend = {
  /** Absent: a new conversation begins. */
  threadId?: string;
  agent: string;
  text: string;
  language: Language;
  /** Of a new conversation: in no list, and erased soon. */
  temporary?: boolean;
};
export type Delivered = { thread: string; message: string };
