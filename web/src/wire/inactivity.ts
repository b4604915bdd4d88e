// Whether the server is about to sign this person out because nothing happens, and how it learns that somebody is there.
import { create } from "zustand";
import { newId } from "./ids";
import type { Frame } from "./types";

const SAID_AGAIN_AFTER_MS = 60_000;

type Inactivity = {
  /** When the session ends, by this device's clock; undefined while nobody was warned. */
  endsAt: number | undefined;
  /** The last session was ended because nothing happened. */
  wasEnded: boolean;
};
export const useInactivity = create<Inactivity>(() => ({ endsAt: undefined, wasEnded: false }));

let session: string | undefined;
let standing = 0; // frames up to here are older than the welcome, which says how things stand
let limitMs: number | undefined;
let saidAt = 0;
let isOwed = false; // somebody said so while there was no connection
let send: (command: object) => boolean = () => false;

/** Say that somebody is there: now, or as soon as there is a connection again. */
export function stayHere(): void {
  saidAt = Date.now();
  isOwed = !send({ cmd: "session.extend", cid: newId() });
}

/** What somebody does on the page counts, but not while they are asked: then only their answer does. */
function onDeed(): void {
  if (limitMs === undefined || useInactivity.getState().endsAt !== undefined) return;
  if (Date.now() - saidAt < Math.min(SAID_AGAIN_AFTER_MS, limitMs / 4)) return;
  stayHere();
}

/** Begin to hear what people do here. */
export function watchDeeds(sendNow: (command: object) => boolean): void {
  send = sendNow;
  for (const deed of ["pointerdown", "keydown"]) addEventListener(deed, onDeed, { passive: true, capture: true });
}

export function stopWatchingDeeds(): void {
  send = () => false;
  isOwed = false;
  for (const deed of ["pointerdown", "keydown"]) removeEventListener(deed, onDeed, { capture: true });
  useInactivity.setState({ endsAt: undefined });
}

/** Take what a frame says of this page's session; those of other devices are told here too. */
export function noteInactivity(frame: Frame): void {
  if (frame.type === "welcome") onWelcome(frame);
  const isOfSession =
    frame.type === "session.warning" || frame.type === "session.extended" || frame.type === "session.expired";
  if (!isOfSession || frame.data.session !== session || frame.seq <= standing) return;
  if (frame.type === "session.warning") warn(frame.at, frame.data.expires_at);
  if (frame.type === "session.extended") useInactivity.setState({ endsAt: undefined });
  if (frame.type === "session.expired") useInactivity.setState({ endsAt: undefined, wasEnded: true });
}

function onWelcome({ at, data }: Extract<Frame, { type: "welcome" }>): void {
  session = data.session;
  standing = data.positions.find(({ topic }) => topic === `user:${data.user}`)?.seq ?? 0;
  limitMs = data.inactivity_s == null ? undefined : data.inactivity_s * 1_000;
  useInactivity.setState({ endsAt: undefined, wasEnded: false });
  if (data.expires_at) warn(at, data.expires_at);
  if (isOwed) stayHere();
}

/** How long somebody may do nothing before they are signed out, as the server last said; undefined: for ever. */
export const inactivityLimitMs = (): number | undefined => limitMs;

/** The clocks of server and device may differ; what is left is the same on both. */
const warn = (at: string, expiresAt: string) =>
  useInactivity.setState({ endsAt: Date.now() + (Date.parse(expiresAt) - Date.parse(at)) });
