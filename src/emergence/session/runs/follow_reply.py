"""Ask chat for a reply and put each piece of it into the run's log as it comes."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import assert_never

import structlog
from pydantic import ValidationError

from emergence.contracts.chat import (
    FinishReason,
    ReplyEnded,
    ReplyFailed,
    ReplyPiece,
    ReplyRecalled,
    ReplyRequest,
    ReplyStarted,
    ReplyText,
    ReplyUsage,
    Turn,
)
from emergence.contracts.session.frames import RunData, RunStarted, RunUsage, RunUsageData
from emergence.contracts.session.memory_frames import MemoryRecalled, MemoryRecalledData
from emergence.contracts.session.problems import ChatUnavailable, ReplyCut
from emergence.contracts.session.threads import RunOutcome, RunProblem, Usage
from emergence.kernel.errors import DeadlineExceeded, ServiceError, Unavailable
from emergence.kernel.storage.outlast_outage import outlast_outage
from emergence.session import figures
from emergence.session.frames import storable
from emergence.session.parts import Session
from emergence.session.runs.executing_run import ExecutingRun, Halt, Halted
from emergence.session.runs.history import history_of
from emergence.session.store import runs
from emergence.session.store.log import RunStart

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ReplyEnd:
    """How the stream of a reply ended."""

    outcome: RunOutcome
    finish_reason: FinishReason | None = None
    problem: RunProblem | None = None


async def follow_reply(session: Session, executing: ExecutingRun) -> ReplyEnd:
    """Follow one reply to its end, its failure, or the run's halt. Raises DatabaseUnavailable."""
    run, limits = executing.run, session.settings
    try:
        async with executing.listening():
            turns, temporary = await outlast_outage(
                session.clock,
                limits.session_outage_limit_seconds,
                lambda: asyncio.gather(
                    history_of(session.database, run, limits.session_history_max_characters),
                    runs.is_temporary(session.database, run),
                ),
            )
            return await _heard_out(session, executing, turns, temporary=temporary)
    except Halted:
        return _end_after(executing.halted)


async def _heard_out(session: Session, executing: ExecutingRun, turns: list[Turn], *, temporary: bool) -> ReplyEnd:
    run = executing.run
    request = ReplyRequest(
        run_id=run.id,
        user_id=run.user_id,
        thread_id=run.thread_id,
        message_id=run.message_id,
        agent=run.agent,
        language=run.language,
        time_zone=run.time_zone,
        temporary=temporary,
        turns=turns,
    )
    asked_s = session.clock.elapsed_s()
    try:
        async with aclosing(session.chat.reply(request)) as pieces:
            async for piece in pieces:
                executing.heard()
                if isinstance(piece, ReplyText) and executing.log.length == 0:
                    figures.first_text_seconds.observe(session.clock.elapsed_s() - asked_s)
                if (end := _taken(session, executing, piece)) is not None:
                    return end
    except ServiceError as failed:
        return _failure(failed, executing)
    except ValidationError as malformed:
        log.warning("reply_malformed", run_id=str(run.id), errors=malformed.error_count())
    return _failure(ReplyCut(), executing)


def _taken(session: Session, executing: ExecutingRun, piece: ReplyPiece) -> ReplyEnd | None:
    match piece:
        case ReplyText():
            if text := storable(piece.text):
                is_first = executing.log.add_text(text)
                session.flusher.note(executing.log, is_urgent=is_first)
        case ReplyStarted():
            _note_start(session, executing, piece)
        case ReplyRecalled():
            _note_recalled(session, executing, piece)
        case ReplyUsage():
            _note_usage(session, executing, piece)
        case ReplyEnded():
            return ReplyEnd("done", piece.reason)
        case ReplyFailed():
            if executing.run.provider is None:
                executing.run = replace(executing.run, provider=piece.provider, model=piece.model)
            problem = RunProblem(code=piece.code, message=piece.message, retryable=piece.retryable, hint=piece.hint)
            return ReplyEnd("error", problem=problem)
        case _:
            assert_never(piece)
    return None


def _note_start(session: Session, executing: ExecutingRun, piece: ReplyStarted) -> None:
    executing.run = replace(
        executing.run,
        state="running",
        provider=piece.provider,
        model=piece.model,
        demonstration=piece.demonstration,
    )
    executing.log.start(RunStart(executing.run.id, piece.provider, piece.model, piece.demonstration))
    executing.log.add(RunStarted, RunData(run=executing.run.shown()))
    session.flusher.note_soon(executing.log)


def _note_recalled(session: Session, executing: ExecutingRun, piece: ReplyRecalled) -> None:
    executing.run = replace(executing.run, recalled=tuple(piece.items), known=tuple(piece.known))
    data = MemoryRecalledData(
        run=executing.run.id, message=executing.run.message_id, items=piece.items, known=piece.known
    )
    executing.log.add(MemoryRecalled, data)
    session.flusher.note_soon(executing.log)


def _note_usage(session: Session, executing: ExecutingRun, piece: ReplyUsage) -> None:
    usage = Usage(
        input_tokens=piece.input_tokens,
        output_tokens=piece.output_tokens,
        cached_input_tokens=piece.cached_input_tokens,
        estimated=piece.estimated,
        cost_usd=piece.cost_usd,
    )
    executing.run = replace(executing.run, usage=usage)
    executing.log.add(RunUsage, RunUsageData(run=executing.run.id, usage=usage))
    session.flusher.note(executing.log)


def _failure(failed: ServiceError, executing: ExecutingRun) -> ReplyEnd:
    shown = failed
    if isinstance(failed, Unavailable):
        is_begun = executing.log.length > 0 or executing.run.state == "running"
        shown = ReplyCut() if is_begun else ChatUnavailable()
    log.info("reply_failed", run_id=str(executing.run.id), code=failed.code, shown=shown.code)
    retryable = shown.status >= 500 or shown.status == 429
    return ReplyEnd("error", problem=RunProblem(code=shown.code, message=shown.detail, retryable=retryable))


def _end_after(halted: Halt | None) -> ReplyEnd:
    match halted:
        case Halt.STOPPED:
            return ReplyEnd("stopped")
        case Halt.INTERRUPTED | Halt.LOST | None:
            return ReplyEnd("interrupted")
        case Halt.SILENT:
            late = DeadlineExceeded()
            return ReplyEnd("error", problem=RunProblem(code=late.code, message=late.detail, retryable=True))
        case _:
            assert_never(halted)
