"""The end of a run, in one transaction: its text, its status, and the frames that say so."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from emergence.contracts.chat import FinishReason
from emergence.contracts.session.frames import (
    MessageData,
    MessageError,
    MessageErrorData,
    MessageFinal,
    RunEnded,
    RunEndedData,
    ThreadData,
    ThreadUpdated,
)
from emergence.contracts.session.protocol import run_topic, thread_topic, user_topic
from emergence.contracts.session.threads import MessageStatus, Part, RunOutcome, RunProblem
from emergence.kernel.storage.database import Transaction
from emergence.session.frames import Draft, LoggedFrame
from emergence.session.store import log, messages, runs, threads
from emergence.session.store.branches import with_siblings
from emergence.session.store.runs import StoredRun
from emergence.session.tell_said import tell_said


@dataclass(frozen=True, slots=True)
class RunEnd:
    """How a run ended, what it said, and the last number that its log gave out."""

    outcome: RunOutcome
    text: str
    last_seq: int
    finish_reason: FinishReason | None = None
    problem: RunProblem | None = None


def status_after(outcome: RunOutcome) -> MessageStatus:
    """Return what an answer's status says about how its run ended."""
    match outcome:
        case "done":
            return "complete"
        case "stopped" | "budget":
            return "stopped"
        case "interrupted":
            return "interrupted"
        case "error":
            return "error"
        case _:
            assert_never(outcome)


async def write_run_end(tx: Transaction, run: StoredRun, end: RunEnd, at: datetime) -> list[LoggedFrame]:
    """End a run whose row is locked; return the frames to publish after the commit."""
    ended = replace(run, state="ended", outcome=end.outcome, finish_reason=end.finish_reason, problem=end.problem)
    await threads.touch_thread(tx, run.user_id, run.thread_id, at)
    await runs.end_run(tx, ended, at)
    parts = [Part(text=end.text)] if end.text else []
    finished = await messages.finish_message(tx, run.user_id, run.message_id, status_after(end.outcome), parts)
    (message,) = await with_siblings(tx, run.user_id, [finished])
    thread = await threads.read_thread(tx, run.user_id, run.thread_id)
    if thread is not None and parts:
        await tell_said(tx, run.user_id, thread, run.message_id)
    await log.set_topic_seq(tx, run.user_id, run_topic(run.id), end.last_seq)
    drafts = [
        *_problem_drafts(run, end),
        Draft(
            MessageFinal,
            thread_topic(run.thread_id),
            MessageData(message=message.model_copy(update={"run": ended.shown()})),
        ),
        Draft(RunEnded, run_topic(run.id), RunEndedData(run=run.id, reason=end.outcome)),
    ]
    if thread is not None:
        drafts.append(Draft(ThreadUpdated, user_topic(run.user_id), ThreadData(thread=thread)))
    return await log.append_drafts(tx, run.user_id, drafts, at)


def _problem_drafts(run: StoredRun, end: RunEnd) -> Sequence[Draft]:
    if end.problem is None:
        return ()
    return (Draft(MessageError, run_topic(run.id), MessageErrorData(message=run.message_id, problem=end.problem)),)
