"""Carry out a command that was posted, under the rules that hold on a socket."""

from uuid import UUID

from emergence.contracts.session.frames import Ack, AckData
from emergence.contracts.session.posted_commands import PostedCommand
from emergence.contracts.session.problems import SessionOver, TooManyCommands, UnknownSession
from emergence.kernel.errors import ServiceError
from emergence.kernel.identity import Identity
from emergence.kernel.ids import new_id
from emergence.session import figures
from emergence.session.parts import Session
from emergence.session.perform import Doer, perform
from emergence.session.store import live_sessions


async def post_command(session: Session, caller: Identity, live_session_id: UUID, command: PostedCommand) -> Ack:
    """Carry the command out once and return its answer.

    Raises TooManyCommands, UnknownSession, SessionOver, DatabaseUnavailable, and what the command may be refused with.
    """
    if not session.pace.admits(caller.user_id):
        raise TooManyCommands(headers={"Retry-After": str(session.pace.retry_after_s)})
    outcome = ServiceError.code
    answers: list[AckData] = []
    try:
        await _require_session(session, caller.user_id, live_session_id)
        await perform(session, Doer(caller.user_id, caller.session_id, live_session_id), command, answers.append)
        outcome = "done"
    except ServiceError as refused:
        outcome = refused.code
        raise
    finally:
        figures.commands.labels(command.cmd, outcome).inc()
    return Ack(id=new_id(), at=session.clock.now(), data=answers[0])


async def _require_session(session: Session, user_id: UUID, live_session_id: UUID) -> None:
    is_over = await live_sessions.is_over(session.database, user_id, live_session_id)
    if is_over is None:
        raise UnknownSession()
    if is_over:
        raise SessionOver()
