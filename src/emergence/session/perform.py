"""Commands that have effects, whichever way they came."""

from typing import assert_never
from uuid import UUID

from emergence.contracts.session.commands import (
    EditMessage,
    ExtendSession,
    RegenerateMessage,
    SelectBranch,
    SendMessage,
    StopRun,
)
from emergence.contracts.session.frames import AckData
from emergence.session.answer_once import Answer
from emergence.session.edit_message import edit_message
from emergence.session.inactivity.extend_session import extend_session
from emergence.session.parts import Session
from emergence.session.regenerate_message import regenerate_message
from emergence.session.select_branch import select_branch
from emergence.session.send_message import send_message
from emergence.session.stop_run import stop_run

Effective = SendMessage | EditMessage | RegenerateMessage | SelectBranch | StopRun | ExtendSession


async def perform(session: Session, user_id: UUID, login_session_id: UUID, command: Effective, answer: Answer) -> None:
    """Carry the command out for its user and answer it; what its person did counts as activity.

    Raises what the command may be refused with, and DatabaseUnavailable.
    """
    match command:
        case SendMessage():
            await send_message(session, user_id, command, answer)
        case EditMessage():
            await edit_message(session, user_id, command, answer)
        case RegenerateMessage():
            await regenerate_message(session, user_id, command, answer)
        case SelectBranch():
            await select_branch(session, user_id, command, answer)
        case StopRun():
            await stop_run(session, user_id, command, answer)
        case ExtendSession():
            await extend_session(session, user_id, login_session_id)
            answer(AckData(cid=command.cid))
            return  # a client sends it by itself
        case _:
            assert_never(command)
    session.activity.note(login_session_id)
