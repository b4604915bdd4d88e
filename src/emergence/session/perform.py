"""Commands that have effects, whichever way they came."""

from dataclasses import dataclass
from typing import assert_never
from uuid import UUID

from emergence.contracts.session.commands import (
    EditMessage,
    ExtendSession,
    RegenerateMessage,
    SelectBranch,
    SendMessage,
    SteerRun,
    StopRun,
    Typing,
    WithdrawMessage,
)
from emergence.contracts.session.frames import AckData
from emergence.session.answer_once import Answer
from emergence.session.edit_message import edit_message
from emergence.session.inactivity.extend_session import extend_session
from emergence.session.parts import Session
from emergence.session.regenerate_message import regenerate_message
from emergence.session.select_branch import select_branch
from emergence.session.send_message import send_message
from emergence.session.steer_run import steer_run
from emergence.session.stop_run import stop_run
from emergence.session.tell_typing import tell_typing
from emergence.session.withdraw_message import withdraw_message

Effective = (
    SendMessage
    | EditMessage
    | RegenerateMessage
    | WithdrawMessage
    | SelectBranch
    | StopRun
    | SteerRun
    | Typing
    | ExtendSession
)


@dataclass(frozen=True, slots=True)
class Doer:
    """Who gives a command, and through which live session."""

    user_id: UUID
    login_session_id: UUID
    live_session_id: UUID


async def perform(session: Session, doer: Doer, command: Effective, answer: Answer) -> None:
    """Carry the command out for its user and answer it; what its person did counts as activity.

    Raises what the command may be refused with, and DatabaseUnavailable.
    """
    user_id = doer.user_id
    match command:
        case SendMessage():
            await send_message(session, user_id, command, answer)
        case EditMessage():
            await edit_message(session, user_id, command, answer)
        case RegenerateMessage():
            await regenerate_message(session, user_id, command, answer)
        case SelectBranch():
            await select_branch(session, user_id, command, answer)
        case WithdrawMessage():
            await withdraw_message(session, user_id, command, answer)
        case StopRun():
            await stop_run(session, user_id, command, answer)
        case SteerRun():
            await steer_run(session, user_id, command, answer)
        case Typing():
            tell_typing(session, user_id, doer.live_session_id, command.thread)
            answer(AckData(cid=command.cid))
        case ExtendSession():
            await extend_session(session, user_id, doer.login_session_id)
            answer(AckData(cid=command.cid))
            return  # a client sends it by itself
        case _:
            assert_never(command)
    session.activity.note(doer.login_session_id)
