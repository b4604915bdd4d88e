// Joins the socket to the state and the outbox, for as long as somebody is signed in.

import { COPIES } from "./copies";
import type { PostedCommand } from "./event_stream";
import { fetchNewest } from "./fetch_messages";
import { newId } from "./ids";
import { isLooking } from "./impersonation";
import { noteInactivity, stopWatchingDeeds, watchDeeds } from "./inactivity";
import { saysSomething } from "./live/own_message";
import { askForLostEnd, settle, withoutThread } from "./live/reduce";
import { resumePoints } from "./live/state";
import { applyAck, applyFrame, changeLive, forgetEverything, useLive } from "./live/store";
import { freshToken, renew, useLogin } from "./login";
import { drop, findKept, keep, markRefused, restore } from "./outbox";
import { Problem, refusalOf } from "./problems";
import { queries } from "./questions";
import { bodyOf, rest } from "./rest";
import { LiveSocket } from "./socket";
import type { AckData, ConnectionView, Frame, KeptCommand, Refusal } from "./types";

const LOST_END_MS = 2_000; // a run's last frame and its message travel apart; after this long the message is overdue

type Waiter = { resolve: (ack: AckData) => void; reject: (problem: Problem) => void };
const waiters = new Map<string, Waiter>();
const asked = new Map<string, string>(); // cid of a subscribe → its topic
let socket: LiveSocket | undefined;
let user: string | undefined;

/** Keep `command` until the server has carried it out. Rejects with a `Problem` when it is refused. */
export async function carryOut(command: KeptCommand): Promise<AckData> {
  if (user === undefined) throw new Problem("unauthenticated", "Sign in to continue.", 401);
  if (isLooking()) throw new Problem("read_only", "Nothing can be written in somebody else's name.", 403);
  const answer = new Promise<AckData>((resolve, reject) => waiters.set(command.cid, { resolve, reject }));
  answer.catch(() => undefined); // a refusal is also shown with the message, so nobody has to wait for it
  const kept = keep({ command, at: Date.now(), user });
  socket?.send(command);
  await kept;
  return answer;
}

/** Say what is worth nothing a moment later: only now, and whatever comes of it. */
export function sayNow(command: object): void {
  if (!isLooking()) socket?.send(command);
}

/** Send a refused command once more, under its own id: a refusal changed nothing on the server. */
export async function carryOutAgain(cid: string): Promise<void> {
  const item = findKept(cid);
  if (item === undefined) return;
  const { refusal: _, ...again } = item;
  await keep(again);
  socket?.send(item.command);
}

function onFrame(frame: Frame): void {
  if (frame.type === "ack") return void onAck(frame.data);
  if (frame.type === "error") return void onRefusal(frame.data.cid ?? undefined, frame.data);
  const isReturn =
    frame.type === "welcome" && useLive.getState().live.positions[`user:${frame.data.user}`] !== undefined;
  applyFrame(frame);
  noteInactivity(frame);
  if (frame.type === "welcome") resendAll();
  if (isReturn) void queries.invalidateQueries({ queryKey: ["threads"] });
  if (frame.type === "topic.reset" || isElsewhere(frame)) readAgain(frame.topic);
  if (frame.type === "run.ended")
    setTimeout(() => changeLive((live) => askForLostEnd(live, frame.data.run)), LOST_END_MS);
}

/** Whether the thread of a frame shows a branch from now on that this page does not hold. */
const isElsewhere = (frame: Frame): frame is Extract<Frame, { type: "branch.selected" | "message.withdrawn" }> =>
  (frame.type === "branch.selected" || frame.type === "message.withdrawn") &&
  frame.data.leaf !== null &&
  useLive.getState().live.homes[frame.data.leaf] === undefined;

/** The server no longer has the frames that this page missed: what is stored is the truth anyway. */
function readAgain(topic: string): void {
  const [kind, id = ""] = topic.split(":");
  const { loaded } = useLive.getState().live;
  if (kind === "user") void queries.invalidateQueries({ queryKey: ["threads"] });
  const opened = kind === "user" ? Object.keys(loaded) : kind === "thread" && loaded[id] ? [id] : [];
  for (const thread of opened) {
    fetchNewest(thread).catch((thrown) => {
      if (refusalOf(thrown).code === "unknown_thread") changeLive((live) => withoutThread(live, thread, null));
      else console.warn("A conversation could not be read again.", thrown);
    });
  }
}

async function onAck(ack: AckData): Promise<void> {
  settleTopic(ack.cid);
  const item = findKept(ack.cid);
  if (item === undefined) return;
  applyAck(item, ack);
  waiters.get(ack.cid)?.resolve(ack);
  waiters.delete(ack.cid);
  await drop(ack.cid);
}

async function onRefusal(cid: string | undefined, data: { code: string; message: string }): Promise<void> {
  if (cid === undefined) return;
  settleTopic(cid);
  const refusal: Refusal = { code: data.code, detail: data.message };
  waiters.get(cid)?.reject(new Problem(refusal.code, refusal.detail, 409));
  waiters.delete(cid);
  const command = findKept(cid)?.command;
  if (command && saysSomething(command)) await markRefused(cid, refusal);
  else await drop(cid); // a stop or retry that was refused has no text to keep
}

function settleTopic(cid: string): void {
  const topic = asked.get(cid);
  if (topic === undefined) return;
  asked.delete(cid);
  changeLive((live) => settle(live, topic));
}

function resendAll(): void {
  asked.clear();
  for (const { command, refusal } of useLive.getState().outbox) if (!refusal) socket?.send(command);
  askForGaps();
}

function askForGaps(): void {
  const { live, connection } = useLive.getState();
  if (connection.state !== "online" && socket === undefined) return;
  const isAsked = new Set(asked.values());
  for (const [topic, seq] of Object.entries(live.gaps)) {
    if (isAsked.has(topic)) continue;
    const cid = newId();
    if (socket?.send({ cmd: "subscribe", cid, topic, seq })) asked.set(cid, topic);
  }
}

/** `since` is the moment the connection was lost, through every try until it is back. */
function onState(state: ConnectionView["state"], until?: number): void {
  const { connection } = useLive.getState();
  if (connection.state === state && connection.until === until) return;
  const hasChangedSide = (connection.state === "online") !== (state === "online");
  const since = hasChangedSide ? Date.now() : connection.since;
  useLive.setState({ connection: { state, since, ...(until !== undefined && { until }) } });
}

const AS_JSON = { headers: { "content-type": "application/json" } }; // what the server asks of every POST, also without a body
const ticket = async () => bodyOf(await rest.POST("/api/auth/ws-ticket", AS_JSON)).ticket;
const post = async (session_id: string, body: PostedCommand) =>
  bodyOf(await rest.POST("/api/sessions/{session_id}/commands", { params: { path: { session_id } }, body }));

function connect(me: string): void {
  user = me;
  if (!isLooking()) void restore(me).then(resendAll); // what somebody left unsent on this device is theirs to send
  socket = new LiveSocket({
    ticket,
    bearer: freshToken,
    post,
    signInAgain: renew,
    resume: () => resumePoints(useLive.getState().live),
    onFrame,
    onState,
  });
  watchDeeds((command) => socket?.send(command) ?? false);
  if (!isLooking()) void import("./reading_copy").then(({ keepCopies }) => keepCopies(me));
}

function disconnect(): void {
  stopWatchingDeeds();
  socket?.close();
  socket = undefined;
  onState("offline");
}

/** Nothing that was said stays readable on this device once nobody is signed in. */
function dropCopies(): void {
  void import("./reading_copy").then(({ stopKeepingCopies }) => stopKeepingCopies());
  indexedDB.deleteDatabase(COPIES);
}

function forgetUser(): void {
  disconnect();
  user = undefined;
  forgetEverything();
  queries.clear();
}

/** Follow who is signed in: connect, pause while locked, and forget everything when somebody leaves. */
export function followLogin(): void {
  const follow = ({ status, me }: ReturnType<typeof useLogin.getState>) => {
    if (me !== undefined && user !== undefined && me.user_id !== user) forgetUser();
    if (status === "signed-in" && socket === undefined) connect(me.user_id);
    if (status !== "signed-in") disconnect();
    if (status === "signed-out" || status === "locked") dropCopies();
    // Where nobody was, there is nothing to forget, and what a stranger has just asked for must not go unanswered.
    if (status === "signed-out" && user !== undefined) forgetUser();
  };
  useLogin.subscribe(follow);
  useLive.subscribe(({ live }, before) => {
    if (live.gaps !== before.live.gaps) askForGaps();
  });
  follow(useLogin.getState());
}
